"""docs/operations.md names the commands there are, and no others."""

import re
from pathlib import Path

from django.conf import settings as configured
from django.core.management import get_commands, load_command_class

TEXT = (Path(configured.BASE_DIR) / "docs" / "operations.md").read_text()


def parser():
    return load_command_class("config", "connect_schema").create_parser("manage.py", "connect_schema")


def steps():
    return next(action.choices for action in parser()._actions if action.dest == "step")


def test_every_step_is_written_up():
    assert set(re.findall(r"`manage\.py connect_schema (\w+)`", TEXT)) == set(steps())


def test_every_option_of_a_rollback_is_written_up():
    options = {text for action in steps()["rollback"]._actions for text in action.option_strings}
    ours = {"--execute", "--drop-tables", "--undo-drop", "--yes-i-mean-it"}
    assert ours <= options
    assert {option for option in ours if option not in TEXT} == set()


def test_every_command_named_exists():
    assert set(re.findall(r"manage\.py (\w+)", TEXT)) <= set(get_commands())


def test_every_setting_named_is_in_the_example():
    example = (Path(configured.BASE_DIR) / ".env.example").read_text()
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", TEXT))
    assert named
    assert {name for name in named if name not in example} == set()
