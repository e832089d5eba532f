"""What staff turn while the product runs: typed entries of django-constance, kept in the database."""

from config.settings.base import ENVIRONMENT

CONSTANCE_BACKEND = "constance.backends.database.DatabaseBackend"
# Group rights decide, as on every other page of the admin.
CONSTANCE_SUPERUSER_ONLY = False
CONSTANCE_CONFIG = {
    "connect_public": (
        ENVIRONMENT != "production",
        "Connect is open to everybody. While it is off, /connect/* answers staff alone and only staff are matched.",
        bool,
    ),
}
