"""System checks: a production that would not protect people does not start."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured

MIN_SECRET = 40
STAND_INS = (
    ("EMAIL_BACKEND", "connect.mail.FolderBackend"),
    ("SMS_BACKEND", "connect.sms.FolderSender"),
    ("PAYMENT_PROVIDER", "sandbox"),
    ("FACE_ANALYZER", "classical"),
    ("FACE_DETECTOR", "connect.detection.ClassicalDetector"),
    ("FACE_DETECTOR", "faces.analyzers.classical.Classical"),
    ("GOV_ID_VERIFIER", "connect.gov_ids.SandboxVerifier"),
)


@register(Tags.security)
def production_is_safe(app_configs: Any, **kwargs: Any) -> list[Error]:
    if settings.ENVIRONMENT != "production":
        return []
    return [*_secrets(), *_exposure(), *_stand_ins(), *_outside(), *_painter(), *_push()]


@register(Tags.security)
def private_files_have_a_place(app_configs: Any, **kwargs: Any) -> list[Error]:
    if settings.PRIVATE_STORAGE != "s3":
        return []
    found = []
    if not settings.S3_BUCKET:
        found.append(Error("PRIVATE_STORAGE is s3, and S3_BUCKET names no bucket.", id="config.E017"))
    if bool(settings.S3_ACCESS_KEY) != bool(settings.S3_SECRET_KEY):
        hint = "Without both the machine's own role is taken."
        found.append(Error("S3_ACCESS_KEY and S3_SECRET_KEY go together.", hint=hint, id="config.E018"))
    return found


def refuse_unsafe_start(**kwargs: Any) -> None:
    """Servers and workers run no system checks by themselves; each calls this before it takes its first job."""
    found = [error for error in run_checks(tags=[Tags.security]) if error.is_serious()]
    if found:
        raise ImproperlyConfigured("\n".join(str(error.msg) for error in found))


def _secrets() -> list[Error]:
    weak = [
        name
        for name in ("SECRET_KEY", "SIGNING_KEY", "HASH_KEY", "CHANNEL_KEY")
        if len(getattr(settings, name)) < MIN_SECRET
    ]
    found = [Error(f"{name} is missing or shorter than {MIN_SECRET} characters.", id="config.E001") for name in weak]
    if not settings.DATA_KEYS or not all(map(_is_data_key, settings.DATA_KEYS)):
        found.append(Error("DATA_KEYS needs id:base64 of 32 bytes, newest first.", id="config.E002"))
    if not settings.DATABASES["default"].get("PASSWORD"):
        found.append(Error("The database login has no password.", id="config.E003"))
    return found


def _exposure() -> list[Error]:
    found = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", id="config.E004"))
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS must name the hosts.", id="config.E005"))
    if any(not origin.startswith("https://") for origin in settings.ALLOWED_ORIGINS):
        found.append(Error("ALLOWED_ORIGINS must be https.", id="config.E006"))
    if "*" in settings.TRUSTED_PROXIES:
        found.append(Error("TRUSTED_PROXIES must name the proxies.", id="config.E010"))
    if settings.CLOCK_FILE:
        found.append(Error("CLOCK_FILE is for stacks that show how days pass.", id="config.E011"))
    if settings.LIVE_TIME_SCALE != 1:
        found.append(Error("LIVE_TIME_SCALE is for stacks that show a live conversation.", id="config.E016"))
    return found


def _stand_ins() -> list[Error]:
    return [
        Error(
            f"{name} is the embedded stand-in.",
            hint="Name it in ALLOW_STAND_INS to allow it.",
            id="config.E007",
        )
        for name, value in STAND_INS
        if getattr(settings, name) == value and name not in settings.ALLOW_STAND_INS
    ]


def _outside() -> list[Error]:
    """What is sent out, and whose word is taken, goes over https."""
    found = []
    asked = ("SMS_URL", "SMS_ACCOUNT", "SMS_TOKEN", "SMS_FROM")
    if settings.SMS_BACKEND == "connect.sms.HttpSender" and not all(getattr(settings, name) for name in asked):
        found.append(Error(f"{', '.join(asked)} are needed to send text messages.", id="config.E008"))
    given = (settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET, *settings.STRIPE_PRICES.values())
    if settings.PAYMENT_PROVIDER == "stripe" and not all(given):
        message = "STRIPE_KEY, STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_PLUS and STRIPE_PRICE_PRO are needed for payments."
        found.append(Error(message, id="config.E012"))
    writes = "openai" in (settings.REVEAL_WRITER, settings.ICEBREAKER_WRITER)
    if writes and not all((settings.OPENAI_KEY, settings.OPENAI_MODEL)):
        found.append(Error("OPENAI_KEY and OPENAI_MODEL are needed for a language model to write.", id="config.E015"))
    used = [offer["keys"] for offer in [*settings.OAUTH.values(), settings.GOV_ID] if offer["audiences"]]
    used += [settings.SMS_URL, settings.STRIPE_URL, settings.OPENAI_URL, settings.S3_ENDPOINT, settings.FAL_URL]
    if any(not url.startswith("https://") for url in used if url):
        found.append(Error("Outside services must be asked over https.", id="config.E009"))
    return found


def _painter() -> list[Error]:
    found = []
    if settings.BABY_PAINTER not in ("morph", "fal"):
        found.append(Error("BABY_PAINTER is morph or fal.", id="config.E021"))
    if settings.BABY_PAINTER == "fal" and not all((settings.FAL_KEY, settings.FAL_MODEL)):
        found.append(Error("FAL_KEY and FAL_MODEL are needed to paint babies.", id="config.E021"))
    if settings.FAL_TRUSTED_ORIGINS:
        found.append(Error("FAL_TRUSTED_ORIGINS is for tests.", id="config.E022"))
    return found


def _push() -> list[Error]:
    found = []
    named = settings.VAPID_SUBJECT.startswith(("mailto:", "https://"))
    if settings.PUSH_ENABLED and not (named and _is_vapid_key(settings.VAPID_PRIVATE_KEY)):
        hint = "PUSH_ENABLED=false goes without."
        found.append(Error("Push needs VAPID_PRIVATE_KEY and VAPID_SUBJECT.", hint=hint, id="config.E013"))
    if settings.PUSH_TRUSTED_ORIGINS:
        found.append(Error("PUSH_TRUSTED_ORIGINS is for tests.", id="config.E014"))
    return found


def _is_vapid_key(key: str) -> bool:
    """Whether it is base64url of 32 bytes, not all of them zero."""
    try:
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except ValueError:
        return False
    return len(raw) == 32 and any(raw)


def _is_data_key(entry: str) -> bool:
    key_id, _, key = entry.partition(":")
    try:
        return bool(key_id) and len(base64.b64decode(key, validate=True)) == 32
    except binascii.Error:
        return False
