"""Running the runbook as an operator does."""

import json
from io import StringIO

from django.core.management import CommandError, call_command


def run(*arguments):
    """(whether it went well, what it said)."""
    out = StringIO()
    try:
        call_command("connect_schema", *arguments, stdout=out)
    except CommandError as error:
        return False, f"{out.getvalue()}{error}"
    return True, out.getvalue()


def failing(*arguments):
    """What a step with `--json` finds wrong, as (what, found)."""
    well, said = run(*arguments, "--json")
    told = json.JSONDecoder().raw_decode(said)[0]
    assert well is told["ok"]
    return [(line["what"], line["found"]) for line in told["lines"] if line["ok"] is False]
