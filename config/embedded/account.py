"""The system account the servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CommandFailed(RuntimeError):
    """A server program ended with an error; the message holds what it said."""


@dataclass(frozen=True)
class Account:
    """Who runs the servers: the caller, or for root the unprivileged `uid` and `gid`."""

    uid: int | None = None
    gid: int | None = None

    def run(self, command: Sequence[str | Path], *, cwd: Path) -> str:
        """Run a server program to its end as this account and return its output.

        It gets a session of its own, so that a Ctrl-C meant for us does not cut it off half way.
        """
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
            **self._identity(),
        )
        if done.returncode:
            raise CommandFailed(f"{Path(command[0]).name} failed: {done.stdout.strip()}")
        return done.stdout

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.uid is not None and self.gid is not None:
            shutil.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this account may enter the folder or run the program at `path`."""
        if self.uid is None:
            return True
        probe = ["test", "-r", str(path), "-a", "-x", str(path)]
        return subprocess.run(probe, cwd="/", check=False, **self._identity()).returncode == 0

    def _identity(self) -> dict[str, Any]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account:
    """The caller, or `nobody` for root: it exists everywhere, so that no account has to be added."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)
