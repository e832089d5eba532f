"""The whole stack on one machine: embedded servers, migrations, demo pool, web, worker and beat.

`make run` is `python -m config.run`; tests and the demo walk use `running_stack`, and `fresh_stack` where the walk
moves the clock.
"""

from config.run.access import FreshStack, fresh_stack, running_stack

__all__ = ["FreshStack", "fresh_stack", "running_stack"]
