"""Where files stand. Private ones, which people get only through a view of ours: on this machine, or in a bucket."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import VAR_DIR, env

PRIVATE_STORAGE = env("PRIVATE_STORAGE", default="local")
# The bucket, of Amazon or of whoever else speaks its S3. Without keys the machine's own role is taken.
S3_BUCKET = env("S3_BUCKET", default="")
S3_PREFIX = env("S3_PREFIX", default="")
S3_REGION = env("S3_REGION", default="")
S3_ENDPOINT = env("S3_ENDPOINT", default="")
S3_ACCESS_KEY = env("S3_ACCESS_KEY", default="")
S3_SECRET_KEY = env("S3_SECRET_KEY", default="")

PRIVATE: dict[str, dict[str, Any]] = {
    "local": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "private",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "s3": {
        "BACKEND": "config.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "location": S3_PREFIX,
            "region_name": S3_REGION or None,
            "endpoint_url": S3_ENDPOINT or None,
            "access_key": S3_ACCESS_KEY or None,
            "secret_key": S3_SECRET_KEY or None,
        },
    },
}
if PRIVATE_STORAGE not in PRIVATE:
    # A typo must not put people's pictures where nobody looks for them.
    raise ImproperlyConfigured(f"PRIVATE_STORAGE is {' or '.join(PRIVATE)}, not {PRIVATE_STORAGE!r}")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": PRIVATE[PRIVATE_STORAGE],
}
