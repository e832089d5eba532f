"""Who puts reveals into words: the embedded template, and a language model."""

from django.conf import settings
from django.utils.module_loading import import_string

from connect.enums import WriterName
from streaks.writers.base import Writer

BACKENDS = {
    WriterName.TEMPLATE: "streaks.writers.template.Template",
    WriterName.OPENAI: "streaks.writers.openai.OpenAI",
}


def chosen() -> WriterName:
    """The one that the setting REVEAL_WRITER names."""
    return WriterName(settings.REVEAL_WRITER)


def by_name(name: WriterName) -> Writer:
    made: Writer = import_string(BACKENDS[name])()
    return made
