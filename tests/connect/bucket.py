"""A bucket on this machine, which speaks S3 over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from moto.server import ThreadedMotoServer


@contextmanager
def serving() -> Iterator[str]:
    """The address of a store of buckets."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def use(settings: Any, url: str, bucket: str = "") -> str:
    """Have private files stand in a bucket there; its name."""
    name = bucket or f"b-{uuid4()}"
    options = {
        "bucket_name": name,
        "location": "people",
        "region_name": "us-east-1",
        "endpoint_url": url,
        "access_key": "ours",
        "secret_key": "secret",
    }
    settings.STORAGES = {**settings.STORAGES, "private": {"BACKEND": "config.bucket.Bucket", "OPTIONS": options}}
    return name
