"""The settings of the product without row security: the same, by a login that no policy holds.

Pool and all stay as they are; only user and password differ.
"""

from bench.settings import *  # noqa: F403
from bench.settings import DATABASES, env
from config.db_url import login_as

_owner = login_as(env.db("DATABASE_URL"), "owner", env)
DATABASES["default"] |= {name: _owner[name] for name in ("USER", "PASSWORD")}
