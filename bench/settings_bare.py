"""The settings of the reference server: the same database login, pool and Redis, and nothing else."""

from config.settings.base import ALLOWED_HOSTS, DATABASES, REDIS_PREFIX, REDIS_URL, SECRET_KEY, SIGNING_KEY

__all__ = ["ALLOWED_HOSTS", "DATABASES", "SECRET_KEY", "SIGNING_KEY"]

ROOT_URLCONF = "bench.reference_asgi"
USE_TZ = True
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{REDIS_PREFIX}:bare"},
    }
}
