"""Where the files of one set of servers lie."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from config.embedded.account import Account, server_account

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """One named set of servers (dev, test, bench): `var` holds our notes, `home` what the servers own."""

    name: str
    var: Path
    home: Path
    account: Account

    def make(self) -> None:
        """Make the folders, open to the servers' account whatever the caller's umask is."""
        for folder in (self.var.parent, self.var, self.home.parent, self.home):
            if not folder.exists():
                folder.mkdir(parents=True)
                folder.chmod(0o755)

    @property
    def environment(self) -> Path:
        return self.var / "env"

    @property
    def superuser(self) -> Path:
        """The database superuser's password; not in `environment`, so that no application process has it."""
        return self.var / "superuser"

    @property
    def lock(self) -> Path:
        return self.var / "lock"

    @property
    def watched(self) -> Path:
        """Names the process these servers live for, if they were started for one."""
        return self.var / "watched"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        return self.home / "redis"


def current_name() -> str:
    """The set this process belongs to: `dev`, unless it runs inside `python -m config.embedded with`."""
    return os.environ.get("EMBEDDED_NAME", "dev")


def locate(name: str | None = None, below: Path | None = None) -> Place:
    """Find where the set called `name` lies, whether it exists yet or not; `below` stands for VAR_DIR."""
    name = name or current_name()
    var = (below or Path(os.environ.get("VAR_DIR") or PROJECT / "var")).absolute() / name
    account = server_account()
    home = var if account.reaches(_nearest_existing(var)) else _outside(var)
    return Place(name=name, var=var, home=home, account=account)


def _nearest_existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _outside(var: Path) -> Path:
    """A folder for a checkout that only root may enter, such as one under /root.

    The servers do not run as root, so their data cannot lie there; it goes to the system's place for the data
    of servers instead, under a name made of the checkout's path, so that two checkouts keep apart.
    """
    base = next(folder for folder in (Path("/var/lib"), Path("/var/tmp")) if os.access(folder, os.W_OK))  # noqa: S108
    digest = hashlib.sha256(str(var.parent).encode()).hexdigest()[:12]
    return base / f"maitribe-connect-{digest}" / var.name
