"""What several tables have in common."""

from typing import Any, ClassVar

from config.admin import ModelAdmin


class OfPerson(ModelAdmin):
    """Rows that belong to one person."""

    list_select_related: ClassVar[Any] = ("user",)
