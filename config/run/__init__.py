"""The whole stack on one machine: embedded servers, migrations, demo pool, web, worker and beat.

`make run` is `python -m config.run`; tests and the demo walk use `running_stack`.
"""

from config.run.access import running_stack

__all__ = ["running_stack"]
