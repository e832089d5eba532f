"""Django and the libraries it stands on."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from config.db_url import login_as
from config.settings.product import CELEBRITY_IMPORT_BYTES, PICTURE_BYTES

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
env.prefix = ""

ENVIRONMENT = env("ENVIRONMENT", default="development")
if ENVIRONMENT not in {"development", "production"}:
    # A typo must not switch off what production demands.
    raise ImproperlyConfigured(f"ENVIRONMENT is development or production, not {ENVIRONMENT!r}")
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
SIGNING_KEY = env("SIGNING_KEY", default=SECRET_KEY)
HASH_KEY = env("HASH_KEY", default="")
DATA_KEYS = env.list("DATA_KEYS", default=[])
CHANNEL_KEY = env("CHANNEL_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
ALLOWED_ORIGINS = env.list("ALLOWED_ORIGINS", default=["http://127.0.0.1:8000", "http://localhost:8000"])
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
ALLOW_STAND_INS = env.list("ALLOW_STAND_INS", default=[])
# Names how many seconds a stack that shows how days pass runs ahead of the real time; see config.clock.
CLOCK_FILE = env("CLOCK_FILE", default="")
# How many minutes of a live conversation pass in one, for a stack that shows one.
LIVE_TIME_SCALE = env.float("LIVE_TIME_SCALE", default=1.0)
if not 0 < LIVE_TIME_SCALE < 10_000:
    raise ImproperlyConfigured(f"LIVE_TIME_SCALE is more than 0 and less than 10000, not {LIVE_TIME_SCALE}")
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
BACKUP_DIR = Path(env("BACKUP_DIR", default=str(VAR_DIR / "backups")))

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the plain "unfold" would put a site of its own in the place of ours
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "unfold.contrib.constance",
    "constance",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "config.apps.ConfigConfig",
    "safety",
    "connect",
    "matching",
    "chat",
    "streaks",
    "faces",
]

MIDDLEWARE = [
    "config.measuring.measure_requests",
    "config.headers.protect_answers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.middleware.refuse_foreign_hosts",
    "config.middleware.refuse_null_characters",
    "config.middleware.AdminMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "connect.User"
ACCESS_GATE = "connect.access.gate"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

# The most a request's body may have; more is not even received.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The paths that files are sent to may have more, which waits on a disk: a picture and what a form puts around it. A
# star stands for an id.
ONE_PICTURE = [
    "/api/profile/photos",
    "/api/faces",
    "/api/conversations/*/images",
    "/admin/faces/celebrity/replace/",
]
UPLOADS = dict.fromkeys(ONE_PICTURE, PICTURE_BYTES + 64 * 1024)
UPLOADS["/admin/faces/celebrity/import/"] = CELEBRITY_IMPORT_BYTES

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# The web's login role has no rights of its own, a worker's has the service's, the owner's runs migrations.
DATABASE_LOGIN = env("DATABASE_LOGIN", default="web")
_pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=16), "timeout": 5}
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **login_as(env.db("DATABASE_URL", default="postgres://localhost/maitribe"), DATABASE_LOGIN, env),
        "CONN_MAX_AGE": 0 if DATABASE_LOGIN == "web" else 60,
        # Only `config.prepared` prepares statements. A pgbouncer older than 1.21 cannot follow them: set 0.
        "OPTIONS": {"prepare_threshold": env.int("DATABASE_PREPARE", default=2) or None}
        | ({"pool": _pool} if DATABASE_LOGIN == "web" else {}),
        "TEST": {"NAME": env("TEST_DATABASE", default="test_maitribe")},
    }
}

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
# What a scraper of /metrics must bring; without one there is no such page.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Keeps what several stacks on one Redis write apart: limits, presence, the channel layer.
REDIS_PREFIX = env("REDIS_PREFIX", default="maitribe")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "connect.layers.GroupsLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 1, "socket_timeout": 5}],
            "prefix": REDIS_PREFIX,
            "capacity": 200,
            "key": CHANNEL_KEY,
        },
    }
}
CELERY_BROKER_URL = REDIS_URL

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "connect.passwords.VisibleCharactersValidator"},
]
# Whether staff have to set up a second factor before anything else in the admin.
STAFF_OTP_REQUIRED = env.bool("STAFF_OTP_REQUIRED", default=ENVIRONMENT == "production")
OTP_TOTP_ISSUER = "MaiTribe Connect"
# Only staff sign in by a page, and land at their desk.
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True

UNFOLD = {"ACCOUNT": {"navigation": [{"title": "Second factor", "link": reverse_lazy("admin:second_factor")}]}}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["config.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsing.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "safety.api.schema.EndpointSchema",
    "EXCEPTION_HANDLER": "config.api.errors.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MaiTribe Connect",
    "DESCRIPTION": "Meet people before you see them.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
    "ENUM_NAME_OVERRIDES": {
        "CreditReasonEnum": "connect.enums.CreditReason",
        "GenderEnum": "connect.enums.Gender",
        "SeenGenderEnum": "faces.enums.SeenGender",
        "ReasonEnum": "safety.enums.ReportReason",
        "ReportStatusEnum": "safety.enums.ReportStatus",
        "CardStatusEnum": "matching.enums.CardStatus",
        "AppealStatusEnum": "safety.enums.AppealStatus",
        "MessageLabelEnum": "safety.enums.RULE_LABELS",
        "SentStatusEnum": "chat.services.receipts.STATUSES",
        "PaymentStatusEnum": "connect.enums.PaymentStatus",
        "PayWithEnum": "streaks.enums.PayWith",
        "BoughtWithEnum": "streaks.enums.BOUGHT_WITH",
        "RecoveryStatusEnum": "streaks.enums.RecoveryStatus",
        "PromptStageEnum": "chat.api.event_views.STAGES",
        "MilestoneStatusEnum": "streaks.enums.MilestoneStatus",
        "ConversationKindEnum": "chat.enums.Kind",
        "ConversationStateEnum": "chat.enums.State",
        "MessageTypeEnum": "chat.enums.MessageType",
        "GateStatusEnum": "chat.enums.WindowStatus",
        "FaceStatusEnum": "faces.enums.FaceStatus",
        "MatchJobStatusEnum": "faces.enums.JobStatus",
        "MatchJobStageEnum": "faces.enums.JobStage",
        "ReactionTypeEnum": "faces.enums.ReactionType",
    },
}
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SIGNING_KEY,
    "ISSUER": "maitribe-connect",
    "AUDIENCE": "maitribe-connect",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=60),
    # The library believes no token of a later moment than the machine's; that one has expired we see ourselves.
    "LEEWAY": timedelta(days=365) if CLOCK_FILE else 0,
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
# Staff sessions belong to the admin: elsewhere no role is taken under which one could be read.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
if ENVIRONMENT == "production":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

# Tables of libraries that name a person and are never touched by the client role.
ROW_SECURITY_EXEMPT = {
    "admin.LogEntry": "staff only; the client role has no rights on it",
    "otp_static.StaticDevice": "staff only; the client role has no rights on it",
    "otp_totp.TOTPDevice": "staff only; the client role has no rights on it",
    "connect.User_groups": "staff only; the client role has no rights on it",
    "connect.User_user_permissions": "staff only; the client role has no rights on it",
}
