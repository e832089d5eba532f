"""The prompts that ship, as rows that staff may change. What is there already stays as it is."""

import tomllib
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "prompts"
STAGES = {"light": 1, "personal": 2, "deep": 3}


def shipped():
    """Every prompt by its fields; a key of the files is a code within its type."""
    for path in sorted(DATA.glob("*.toml")):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for stage, prompts in raw.items():
            for key, said in prompts.items():
                yield {
                    "prompt_type": path.stem,
                    "code": f"{path.stem}_{key}",
                    "text_en": said["en"],
                    "text_de": said["de"],
                    "topic_tags": said.get("tags", []),
                    "stage": STAGES[stage],
                }


def add(apps, schema_editor):
    Prompt = apps.get_model("chat", "Prompt")
    Prompt.objects.bulk_create([Prompt(**fields) for fields in shipped()], ignore_conflicts=True)


def remove(apps, schema_editor):
    codes = [fields["code"] for fields in shipped()]
    apps.get_model("chat", "Prompt").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("chat", "0007_prompts")]
    operations = [migrations.RunPython(add, remove)]
