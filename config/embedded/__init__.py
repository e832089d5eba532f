"""PostgreSQL with pgvector and Redis from wheels, for machines that have neither.

`make services` starts them, `make stop` ends them; `python -m config.embedded --help` shows the rest. Nothing
else starts a server: `manage.py` finds running ones through `load_environment` or says what to start. Where
DATABASE_URL or REDIS_URL already point elsewhere, that server is used and none is started in its place.
"""

from config.embedded.environment import ServicesDown, load_environment
from config.embedded.lifecycle import reset, start, status, stop
from config.embedded.places import Place, locate

__all__ = ["Place", "ServicesDown", "load_environment", "locate", "reset", "start", "status", "stop"]
