"""Bring the database up to date and make the demo pool, in one process: `python -m config.run.prepare`."""

import os

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare() -> None:
    """Migrate where a migration is missing, then make sure of demo people, the admin, and a folder to serve from."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=1)
    call_command("ensure_demo")
    call_command("seed_demo_faces", verbosity=0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    prepare()
