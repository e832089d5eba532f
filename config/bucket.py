"""Private files in a bucket: Amazon's S3, or whatever else speaks it.

What comes here is sealed already, so that the bucket learns names, sizes and times alone. Objects get no ACL of their
own, which leaves them to the bucket's owner, and no address is ever made for one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import IO, Any, ClassVar, NoReturn

import structlog
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from config.errors import Unavailable

logger = structlog.get_logger(__name__)

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 5, 2
IN_MEMORY = 2 * 1024 * 1024
"""What is larger waits on a disk, sealed as it is, while it goes out."""
MISSING = {"404", "NoSuchKey"}


class Bucket(S3Storage):
    """A storage that answers soon or raises Unavailable, and FileNotFoundError for what is not in the bucket."""

    default_acl = None
    file_overwrite = True
    object_parameters: ClassVar[dict[str, str]] = {"ContentType": "application/octet-stream"}
    transfer_config = TransferConfig(use_threads=False)

    def __init__(self, **options: Any) -> None:
        # Others than Amazon need not know a bucket by a name of its own in their domain.
        style = "path" if options.get("endpoint_url") else "auto"
        self.client_config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": style},
            # Sums over the content are not known everywhere, and what is sealed shows by itself that it was changed.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(**options)

    def _open(self, name: str, mode: str = "rb") -> File:
        """All of it is here before anything goes out: what fails, fails before an answer was begun."""
        with _asking(name):
            body = self.bucket.Object(self._normalize_name(name)).get()["Body"]
            kept = File(_room(), name)
            shutil.copyfileobj(body, kept)
        kept.seek(0)
        return kept

    def _save(self, name: str, content: Any) -> str:
        with _asking(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """Nothing to do for what is gone; but a bucket that is not there is no file that is gone."""
        with suppress(FileNotFoundError), _asking(name):
            self.bucket.Object(self._normalize_name(name)).delete()

    def exists(self, name: str) -> bool:
        with _asking(name):
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _asking(path):
            folders, files = super().listdir(path)
        return folders, files

    def get_modified_time(self, name: str) -> datetime:
        with _asking(name):
            moment: datetime = super().get_modified_time(name)
        return moment

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError("Private files have no address.")


def _room() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


@contextmanager
def _asking(name: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as exc:
        code = exc.response["Error"]["Code"] if isinstance(exc, ClientError) else type(exc).__name__
        if code in MISSING:
            raise FileNotFoundError(name) from exc
        logger.error("private_storage_failed", error=code)
        raise Unavailable() from exc
