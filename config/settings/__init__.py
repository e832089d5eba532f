"""Settings by environment. Every variable stands in `.env.example`.

`base` is Django and its libraries, `flags` what staff turn while it runs, `limits` the rate limits, `product` what the
product's rules leave to operators, `services` who is asked outside, `storage` where files stand.
"""

from config.settings.base import *  # noqa: F403
from config.settings.flags import *  # noqa: F403
from config.settings.limits import *  # noqa: F403
from config.settings.logging import *  # noqa: F403
from config.settings.product import *  # noqa: F403
from config.settings.services import *  # noqa: F403
from config.settings.storage import *  # noqa: F403
