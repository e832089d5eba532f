"""A production that would not protect people does not start: each refusal beside the safe configuration."""

import base64
import runpy
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured

from config.celery import check_before_work
from config.checks import private_files_have_a_place, production_is_safe, refuse_unsafe_start

SAFE = {
    "ENVIRONMENT": "production",
    "DEBUG": False,
    **dict.fromkeys(("SECRET_KEY", "SIGNING_KEY", "HASH_KEY", "CHANNEL_KEY"), "s" * 40),
    "DATA_KEYS": ["2026:" + base64.b64encode(b"k" * 32).decode()],
    "ALLOWED_HOSTS": ["connect.example"],
    "ALLOWED_ORIGINS": ["https://connect.example"],
    "TRUSTED_PROXIES": ["10.0.0.1"],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "SMS_BACKEND": "connect.sms.HttpSender",
    "SMS_URL": "https://sms.example/Messages.json",
    **dict.fromkeys(("SMS_ACCOUNT", "SMS_TOKEN", "SMS_FROM"), "given"),
    "FACE_ANALYZER": "classical",
    "FACE_DETECTOR": "another.Detector",
    "GOV_ID_VERIFIER": "connect.gov_ids.OidcVerifier",
    "GOV_ID": {"keys": "https://keys.example", "audiences": ["ours"]},
    "PAYMENT_PROVIDER": "stripe",
    "STRIPE_URL": "https://pay.example",
    **dict.fromkeys(("STRIPE_KEY", "STRIPE_WEBHOOK_SECRET"), "given"),
    "STRIPE_PRICES": {"plus": "given", "pro": "given"},
    "OAUTH": {"google": {"keys": "https://keys.example", "audiences": ["ours"]}},
    "REVEAL_WRITER": "openai",
    "OPENAI_URL": "https://model.example/v1",
    **dict.fromkeys(("OPENAI_KEY", "OPENAI_MODEL"), "given"),
    "BABY_PAINTER": "fal",
    "FAL_URL": "https://queue.fal.example",
    **dict.fromkeys(("FAL_KEY", "FAL_MODEL"), "given"),
    "FAL_TRUSTED_ORIGINS": [],
    "ALLOW_STAND_INS": ["FACE_ANALYZER"],
    "PUSH_ENABLED": True,
    "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("="),
    "VAPID_SUBJECT": "mailto:hello@connect.example",
    "PUSH_TRUSTED_ORIGINS": [],
    "S3_ENDPOINT": "https://files.example",
}
REFUSED = [
    ("CLOCK_FILE", "/somewhere/ahead", "config.E011"),
    ("LIVE_TIME_SCALE", 60.0, "config.E016"),
    ("SECRET_KEY", "s" * 39, "config.E001"),
    ("SIGNING_KEY", "short", "config.E001"),
    ("HASH_KEY", "", "config.E001"),
    ("CHANNEL_KEY", "", "config.E001"),
    ("DATA_KEYS", [], "config.E002"),
    ("DATA_KEYS", ["no-colon"], "config.E002"),
    ("DATA_KEYS", [":" + base64.b64encode(b"k" * 32).decode()], "config.E002"),
    ("DATA_KEYS", ["2026:" + base64.b64encode(b"k" * 16).decode()], "config.E002"),
    ("DATA_KEYS", ["2026:not base64"], "config.E002"),
    ("DEBUG", True, "config.E004"),
    ("ALLOWED_HOSTS", ["*"], "config.E005"),
    ("ALLOWED_HOSTS", [], "config.E005"),
    ("ALLOWED_ORIGINS", ["http://connect.example"], "config.E006"),
    ("ALLOWED_ORIGINS", ["https://connect.example", "http://127.0.0.1"], "config.E006"),
    ("TRUSTED_PROXIES", ["*"], "config.E010"),
    ("EMAIL_BACKEND", "connect.mail.FolderBackend", "config.E007"),
    ("SMS_BACKEND", "connect.sms.FolderSender", "config.E007"),
    ("ALLOW_STAND_INS", [], "config.E007"),  # the classical analyzer, which is allowed here
    ("FACE_DETECTOR", "connect.detection.ClassicalDetector", "config.E007"),
    ("FACE_DETECTOR", "faces.analyzers.classical.Classical", "config.E007"),
    ("GOV_ID_VERIFIER", "connect.gov_ids.SandboxVerifier", "config.E007"),
    ("GOV_ID", {"keys": "http://keys.example", "audiences": ["ours"]}, "config.E009"),
    ("SMS_URL", "", "config.E008"),
    ("SMS_TOKEN", "", "config.E008"),
    ("SMS_URL", "http://sms.example/Messages.json", "config.E009"),
    ("PAYMENT_PROVIDER", "sandbox", "config.E007"),
    ("STRIPE_KEY", "", "config.E012"),
    ("STRIPE_WEBHOOK_SECRET", "", "config.E012"),
    ("STRIPE_PRICES", {"plus": "given", "pro": ""}, "config.E012"),
    ("STRIPE_URL", "http://pay.example", "config.E009"),
    ("OAUTH", {"google": {"keys": "http://keys.example", "audiences": ["ours"]}}, "config.E009"),
    ("OPENAI_KEY", "", "config.E015"),
    ("OPENAI_MODEL", "", "config.E015"),
    ("OPENAI_URL", "http://model.example/v1", "config.E009"),
    ("S3_ENDPOINT", "http://files.example", "config.E009"),
    ("BABY_PAINTER", "somebody", "config.E021"),
    ("FAL_KEY", "", "config.E021"),
    ("FAL_MODEL", "", "config.E021"),
    ("FAL_TRUSTED_ORIGINS", ["http://127.0.0.1:9"], "config.E022"),
    ("FAL_URL", "http://queue.fal.example", "config.E009"),
    ("VAPID_PRIVATE_KEY", "", "config.E013"),
    ("VAPID_PRIVATE_KEY", "not a key", "config.E013"),
    ("VAPID_SUBJECT", "hello@connect.example", "config.E013"),
    ("PUSH_TRUSTED_ORIGINS", ["http://127.0.0.1:9"], "config.E014"),
]


@pytest.fixture
def safe(settings, monkeypatch):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "p")
    return settings


def found():
    return [error.id for error in production_is_safe(None)]


def test_a_safe_production_starts(safe):
    assert found() == []


def test_without_push_no_key_is_needed(safe):
    safe.PUSH_ENABLED, safe.VAPID_PRIVATE_KEY = False, ""
    assert found() == []


def test_the_embedded_painter_needs_no_key(safe):
    safe.BABY_PAINTER, safe.FAL_KEY = "morph", ""
    assert found() == []


@pytest.mark.parametrize("name, value, error", REFUSED)
def test_an_unsafe_production_does_not_start(safe, name, value, error):
    setattr(safe, name, value)
    assert found() == [error]


@pytest.mark.parametrize("password", ["", None])
def test_a_database_login_without_a_password_does_not_start(safe, password):
    safe.DATABASES["default"]["PASSWORD"] = password
    assert found() == ["config.E003"]


@pytest.mark.parametrize(
    "name, value",
    [
        ("EMAIL_BACKEND", "connect.mail.FolderBackend"),
        ("SMS_BACKEND", "connect.sms.FolderSender"),
        ("PAYMENT_PROVIDER", "sandbox"),
    ],
)
def test_a_stand_in_that_was_allowed_by_name_starts(safe, name, value):
    setattr(safe, name, value)
    safe.ALLOW_STAND_INS = ["FACE_ANALYZER", name]
    assert found() == []


def test_a_provider_that_is_off_is_not_looked_at(safe):
    safe.OAUTH = {"google": {"keys": "http://keys.example", "audiences": []}}
    assert found() == []


def test_without_a_secret_key_nothing_starts_at_all(safe):
    safe.SECRET_KEY = ""
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        found()


@pytest.mark.parametrize("name, value, error", REFUSED)
def test_development_may_be_unsafe(safe, name, value, error):
    safe.ENVIRONMENT = "development"
    setattr(safe, name, value)
    assert found() == []


def test_every_fault_is_named_at_once(safe):
    safe.HASH_KEY, safe.DEBUG, safe.ALLOWED_HOSTS = "", True, ["*"]
    assert found() == ["config.E001", "config.E004", "config.E005"]


def test_server_and_worker_refuse_an_unsafe_start(safe):
    safe.DEBUG = True
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        refuse_unsafe_start()
    with pytest.raises(SystemExit, match="DEBUG"):
        check_before_work()


def test_server_and_worker_start_when_it_is_safe(safe):
    refuse_unsafe_start()
    check_before_work()


STORAGE = Path(configured.BASE_DIR) / "config" / "settings" / "storage.py"
BUCKET = {"PRIVATE_STORAGE": "s3", "S3_BUCKET": "ours", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}


@pytest.mark.parametrize(
    "wrong, errors",
    [
        ({}, []),
        ({"S3_ACCESS_KEY": "", "S3_SECRET_KEY": ""}, []),
        ({"S3_BUCKET": ""}, ["config.E017"]),
        ({"S3_SECRET_KEY": ""}, ["config.E018"]),
        ({"S3_BUCKET": "", "PRIVATE_STORAGE": "local"}, []),
    ],
)
def test_private_files_in_a_bucket_need_its_name_and_both_keys_or_none(settings, wrong, errors):
    for name, value in (BUCKET | wrong).items():
        setattr(settings, name, value)
    assert [error.id for error in private_files_have_a_place(None)] == errors


def test_the_environment_says_where_private_files_stand(monkeypatch):
    monkeypatch.setenv("PRIVATE_STORAGE", "s3")
    monkeypatch.setenv("S3_BUCKET", "ours")
    private = runpy.run_path(STORAGE)["STORAGES"]["private"]
    assert (private["BACKEND"], private["OPTIONS"]["bucket_name"]) == ("config.bucket.Bucket", "ours")


def test_in_a_place_that_there_is_not_nothing_starts(monkeypatch):
    monkeypatch.setenv("PRIVATE_STORAGE", "s4")
    with pytest.raises(ImproperlyConfigured, match="PRIVATE_STORAGE is local or s3"):
        runpy.run_path(STORAGE)
