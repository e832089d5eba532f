"""Which database role a process logs in as."""

from typing import Any

import environ

LOGINS = {"web": "connect_web", "worker": "connect_worker"}


def login_as(database: dict[str, Any], login: str, env: environ.Env) -> dict[str, Any]:
    """The owner's connection settings, with user and password of the process's own login role.

    `login` is "owner" (as the URL says), "web" or "worker" (password in DATABASE_WEB_PASSWORD / …_WORKER_…).
    """
    if login == "owner":
        return database
    password = env(f"DATABASE_{login.upper()}_PASSWORD", default="")
    return database | {"USER": LOGINS[login], "PASSWORD": password}
