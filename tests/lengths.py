"""How long the tests that draw try: MORE in the environment is how many times the usual number of tries."""

import os

MORE = int(os.environ.get("MORE", "1"))
