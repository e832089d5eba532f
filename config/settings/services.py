"""Services outside: who they are, where they are asked, and what stands in for them."""

from datetime import timedelta

from config.settings.base import VAR_DIR, env

EMAIL_BACKEND = env("EMAIL_BACKEND", default="connect.mail.FolderBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="MaiTribe Connect <hello@maitribe.example>")

SMS_BACKEND = env("SMS_BACKEND", default="connect.sms.FolderSender")
SMS_FILE_PATH = VAR_DIR / "sms"
SMS_URL = env("SMS_URL", default="")
SMS_ACCOUNT = env("SMS_ACCOUNT", default="")
SMS_TOKEN = env("SMS_TOKEN", default="")
SMS_FROM = env("SMS_FROM", default="")
SMS_TIMEOUT = 20

# Who takes payments: sandbox, which takes nobody's money, or stripe.
PAYMENT_PROVIDER = env("PAYMENT_PROVIDER", default="sandbox")
SANDBOX_PATH = VAR_DIR / "payments"
STRIPE_URL = env("STRIPE_URL", default="https://api.stripe.com")
STRIPE_KEY = env("STRIPE_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_PRICES = {"plus": env("STRIPE_PRICE_PLUS", default=""), "pro": env("STRIPE_PRICE_PRO", default="")}
STRIPE_TIMEOUT = 20
# Web push. Without a key, a P-256 private key as base64url of its 32 bytes, nobody is told that way.
PUSH_ENABLED = env.bool("PUSH_ENABLED", default=True)
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY", default="")
# Whom a push service may write to: mailto: or https:.
VAPID_SUBJECT = env("VAPID_SUBJECT", default="mailto:hello@maitribe.example")
# Origins that are believed to be push services whatever they look like and wherever they are.
PUSH_TRUSTED_ORIGINS = env.list("PUSH_TRUSTED_ORIGINS", default=[])
# Who reads faces: classical, which is embedded and knows no persons, or insightface, with models of one's own.
FACE_ANALYZERS = {
    "classical": "faces.analyzers.classical.Classical",
    "insightface": "faces.analyzers.insightface.InsightFace",
}
FACE_ANALYZER = env("FACE_ANALYZER", default="classical")
# Where insightface finds its models, a folder as buffalo_l is unpacked; they are for non-commercial research only.
INSIGHTFACE_MODELS = env("INSIGHTFACE_MODELS", default="")
# A model that reads expressions, as FER+ does, and what each of its outputs stands for. Without it none is read.
FACE_EXPRESSION_MODEL = env("FACE_EXPRESSION_MODEL", default="")
FACE_EXPRESSION_LABELS = env.list(
    "FACE_EXPRESSION_LABELS",
    default=["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt"],
)
# Who looks for faces in photos of profiles: the same one, unless another class is named.
FACE_DETECTOR = env("FACE_DETECTOR", default="") or FACE_ANALYZERS.get(FACE_ANALYZER, "")

# Whose word is taken for what somebody's papers say; the one that ships looked at none.
GOV_ID_VERIFIER = env("GOV_ID_VERIFIER", default="connect.gov_ids.SandboxVerifier")
GOV_ID = {
    "keys": env("GOV_ID_KEYS_URL", default=""),
    "issuers": env.list("GOV_ID_ISSUERS", default=[]),
    "audiences": env.list("GOV_ID_CLIENT_IDS", default=[]),
    "algorithms": ["RS256", "ES256"],
}

# Who puts reveals and icebreakers into words: template, which is embedded, or openai, any endpoint that speaks its chat
# completions.
REVEAL_WRITER = env("REVEAL_WRITER", default="template")
ICEBREAKER_WRITER = env("ICEBREAKER_WRITER", default="template")
OPENAI_URL = env("OPENAI_URL", default="https://api.openai.com/v1")
OPENAI_KEY = env("OPENAI_KEY", default="")
OPENAI_MODEL = env("OPENAI_MODEL", default="")
OPENAI_TIMEOUT = 20

# Who paints pictures of babies: morph, which is embedded and blends two faces, or fal, models of others.
BABY_PAINTER = env("BABY_PAINTER", default="morph")
FAL_URL = env("FAL_URL", default="https://queue.fal.run")
FAL_KEY = env("FAL_KEY", default="")
FAL_MODEL = env("FAL_MODEL", default="fal-ai/flux/dev/image-to-image")
# What a picture costs, and how much all of a day may, in thousandths of a US cent.
FAL_PRICE = env.int("FAL_PRICE", default=3_000)
FAL_BUDGET = env.int("FAL_BUDGET", default=1_000_000)
FAL_TIMEOUT = 20
# How long one that was begun may take.
FAL_PATIENCE = timedelta(minutes=5)
# Where its pictures are, with all names below these; and origins that are believed whatever they are, for tests.
FAL_IMAGE_HOSTS = env.list("FAL_IMAGE_HOSTS", default=["fal.media"])
FAL_TRUSTED_ORIGINS = env.list("FAL_TRUSTED_ORIGINS", default=[])

# Who may sign people in for us. Without audiences, the ids of our clients there, a provider is off.
OAUTH = {
    "google": {
        "keys": env("GOOGLE_KEYS_URL", default="https://www.googleapis.com/oauth2/v3/certs"),
        "issuers": env.list("GOOGLE_ISSUERS", default=["https://accounts.google.com", "accounts.google.com"]),
        "audiences": env.list("GOOGLE_CLIENT_IDS", default=[]),
        "algorithms": ["RS256"],
    },
    "apple": {
        "keys": env("APPLE_KEYS_URL", default="https://appleid.apple.com/auth/keys"),
        "issuers": env.list("APPLE_ISSUERS", default=["https://appleid.apple.com"]),
        "audiences": env.list("APPLE_CLIENT_IDS", default=[]),
        "algorithms": ["RS256", "ES256"],
    },
}

# Who collects traces, by OTLP over HTTP, as http://collector:4318/v1/traces; without it there are none. Its headers as
# NAME=VALUE, and which share of the traces is kept.
OTEL_ENDPOINT = env("OTEL_ENDPOINT", default="")
OTEL_HEADERS = env.dict("OTEL_HEADERS", default={})
OTEL_SHARE = env.float("OTEL_SHARE", default=1.0)

# For how long a link shows a picture; photos have their own, shorter time.
PICTURE_LINK_LIFETIME = timedelta(seconds=env.int("SIGNED_URL_TTL", default=24 * 3600))
