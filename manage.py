#!/usr/bin/env python
"""Django's commands, with the embedded servers found where no others are named."""

import os
import sys


def main() -> None:
    """Run the given command, as the owner of the database unless DATABASE_LOGIN says otherwise."""
    # Before the first import from config: what is imported there reads both.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_LOGIN", "owner")
    from django.core.management import execute_from_command_line

    from config.embedded import ServicesDown, load_environment

    try:
        load_environment()
    except ServicesDown as down:
        sys.exit(str(down))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
