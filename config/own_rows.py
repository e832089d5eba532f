"""Staff are people too: whoever is a party to something does not see it as staff."""

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet


def without(queryset: QuerySet[Any], of: Any, staff: UUID) -> QuerySet[Any]:
    """The rows of a `ModelAdmin` that neither concern this staff member nor name by its id something that does."""
    own = any_of(of.parties, staff)
    if of.subject_ids:
        own |= reduce(or_, (any_of((f"{column}__in" for column in of.subject_ids), ids) for ids in _own_ids(staff)))
    return queryset.exclude(own) if own else queryset


def any_of(lookups: Iterable[str], value: Any) -> Q:
    return reduce(or_, (Q(**{lookup: value}) for lookup in lookups), Q())


def _own_ids(staff: UUID) -> Iterator[QuerySet[Any]]:
    """The ids of what this staff member is a party to, a query for each table that says who its parties are."""
    for model, model_admin in admin.site._registry.items():
        if parties := getattr(model_admin, "parties", ()):
            yield model._base_manager.filter(any_of(parties, staff)).values("pk")
