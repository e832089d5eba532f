"""The rules that ship, as rows that staff may change. What is there already stays as it is."""

import tomllib
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "words" / "data" / "rules"


def add_rules(apps, schema_editor):
    Rule = apps.get_model("safety", "ModerationRule")
    Rule.objects.bulk_create([Rule(**fields) for fields in shipped()], ignore_conflicts=True)


def shipped():
    for path in sorted(DATA.glob("*.toml")):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for group in raw["rules"]:
            yield from of_group(raw["label"], group)


def of_group(label, group):
    kind = group.get("kind", "pattern")
    common = {
        "label": label,
        "language": group["language"],
        "kind": kind,
        "view": group.get("view", "squeezed" if kind == "keyword" else "words"),
        "risk": group["risk"],
        "lowers": group.get("lowers", False),
        "note": group.get("note", ""),
    }
    return [common | {"pattern": pattern} for pattern in group["patterns"]]


class Migration(migrations.Migration):
    dependencies = [("safety", "0011_rules_and_traces")]
    operations = [migrations.RunPython(add_rules, migrations.RunPython.noop)]
