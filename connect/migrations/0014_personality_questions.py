"""The questions that ship. What is there already stays as it is."""

import tomllib
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "personality.toml"


def add_questions(apps, schema_editor):
    Question = apps.get_model("connect", "PersonalityQuestion")
    Question.objects.bulk_create([Question(**fields) for fields in shipped()], ignore_conflicts=True)


def shipped():
    raw = tomllib.loads(DATA.read_text(encoding="utf-8"))
    for position, question in enumerate(raw["questions"], start=1):
        yield {
            "version": raw["version"],
            "key": question["key"],
            "position": position,
            "dimension": question["dimension"],
            "reversed": question["reversed"],
            "text_en": question["en"],
            "text_de": question["de"],
        }


class Migration(migrations.Migration):
    dependencies = [("connect", "0013_personality_and_push")]
    operations = [migrations.RunPython(add_questions, migrations.RunPython.noop)]
