"""What the servers tell the application: addresses, passwords and the secrets of a development machine.

Everything is generated at the first start and kept in `var/<name>/env`, readable by its owner only. What the
environment already says always wins.
"""

import base64
import os
import secrets
import shlex
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from config.embedded import cache, postgres
from config.embedded.places import Place, locate

ADDRESSES = ("DATABASE_URL", "REDIS_URL")
SECRETS = ("SECRET_KEY", "DATA_KEYS", "HASH_KEY", "CHANNEL_KEY")


class ServicesDown(RuntimeError):
    """Neither the environment nor an embedded server says where the database or Redis is."""


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _password() -> str:
    return secrets.token_urlsafe(24)


GENERATED: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "DATA_KEYS": lambda: f"k{secrets.token_hex(4)}:{_key()}",
    "HASH_KEY": _key,
    "CHANNEL_KEY": _key,
    "VAPID_PRIVATE_KEY": lambda: secrets.token_urlsafe(32),
    "DATABASE_OWNER_PASSWORD": _password,
    "DATABASE_WEB_PASSWORD": _password,
    "DATABASE_WORKER_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
}


def read(place: Place) -> dict[str, str]:
    """The recorded values, empty before the first start."""
    if not place.environment.exists():
        return {}
    lines = place.environment.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write(place: Place, values: dict[str, str]) -> None:
    """Record the values in one step, so that a reader never sees half a file."""
    write_secret(place.environment, "".join(f"{key}={value}\n" for key, value in values.items()))


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    partial.rename(path)


def complete(place: Place) -> dict[str, str]:
    """The recorded values, with every missing secret generated."""
    values = read(place)
    for key, generate in GENERATED.items():
        values.setdefault(key, generate())
    return values


def is_elsewhere(place: Place, key: str) -> bool:
    """Whether the environment sends us to another server than the embedded one."""
    return bool(os.environ.get(key)) and os.environ[key] != read(place).get(key)


def port_of(values: dict[str, str], key: str) -> int | None:
    """The port an address was recorded with."""
    return urlsplit(values[key]).port if key in values else None


def exported(place: Place) -> dict[str, str]:
    """What an application process needs: the recorded values, and over them what the environment says."""
    values = read(place)
    keep = {key: os.environ[key] for key in values if os.environ.get(key)}
    return {**values, **keep, "EMBEDDED_NAME": place.name}


def shell(place: Place) -> str:
    """The same as lines a shell can evaluate."""
    return "".join(f"export {key}={shlex.quote(value)}\n" for key, value in exported(place).items())


def load_environment(name: str | None = None) -> None:
    """Give this process the addresses and secrets of the embedded servers, where it has none of its own.

    Raises `ServicesDown`, with one line to show, when a server is needed that does not run.
    """
    if all(os.environ.get(key) for key in (*ADDRESSES, *SECRETS)):
        return
    place = locate(name)
    needed = [key for key in ADDRESSES if not is_elsewhere(place, key)]
    running = {"DATABASE_URL": postgres.is_up, "REDIS_URL": cache.is_up}
    if not all(running[key](place) for key in needed):
        raise ServicesDown("The database or Redis is not running; start them with: make services")
    for key, value in exported(place).items():
        os.environ.setdefault(key, value)
