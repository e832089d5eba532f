"""The ways in which rows of personal data end, for the declarations of `safety.personal_data`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from safety.personal_data import Erasure, Leaving, Retention, of

# connect.enums.UserStatus.DELETED, which is out of reach here.
TOMBSTONE = "deleted"


def deletes(*lookups: str, words: str = "deleted") -> Erasure:
    """The rows go, in one statement."""

    def run(model: type[Model], leaving: Leaving) -> int:
        _delete(of(model, lookups, leaving.person))
        return 0

    return Erasure(words, run)


def replaces(*columns: str, words: str = "kept without you", cleared: Mapping[str, Any] | None = None) -> Erasure:
    """The rows stay with the tombstone in these columns and others `cleared`, for whom they also belong to."""

    def run(model: type[Model], leaving: Leaving) -> int:
        return sum(_replace(model, column, leaving, cleared or {}) for column in columns)

    return Erasure(words, run, last=True)


def empties(*columns: str, words: str) -> Erasure:
    """The rows stay with nobody in these columns."""

    def run(model: type[Model], leaving: Leaving) -> int:
        for column in columns:
            model._default_manager.filter(**{column: leaving.person}).update(**{column: None})
        return 0

    return Erasure(words, run)


def replaces_in_pair(first: str, second: str, *more: str, cleared: Mapping[str, Any] | None = None) -> Erasure:
    """As `replaces`, for rows of two people; when both have left they belong to nobody, and go."""
    kept = replaces(first, second, *more, cleared=cleared)

    def run(model: type[Model], leaving: Leaving) -> int:
        first_left = Q(**{first: leaving.person, f"{second}__status": TOMBSTONE})
        second_left = Q(**{second: leaving.person, f"{first}__status": TOMBSTONE})
        model._default_manager.filter(first_left | second_left).delete()
        return kept.run(model, leaving)

    return Erasure("kept for the other without you; deleted when both have left", run, last=True)


def both(first: Erasure, second: Erasure) -> Erasure:
    """One after the other; an open case that needs one of them holds up both."""

    def run(model: type[Model], leaving: Leaving) -> int:
        return first.run(model, leaving) + second.run(model, leaving)

    return Erasure(f"{first.words}; {second.words}", run, first.last or second.last)


def with_its_owner(words: str = "deleted with what it belongs to") -> Erasure:
    """Another part, or the service that erases, sees to these rows."""
    return Erasure(words, lambda model, leaving: 0)


def older(term: str, column: str, since: str, **narrower: Any) -> Retention:
    """Rows go when `column` lies far enough back, those that somebody is at right now with the next sweep."""
    return Retention(term, since, sweeping(lambda model, moment: _older(model, column, moment, narrower), _delete))


def sweeping(
    over: Callable[[type[Model], datetime], QuerySet[Any]], clear: Callable[[QuerySet[Any]], object]
) -> Callable[[type[Model], datetime, int], int]:
    """A sweep over the rows of `over`, a batch of which `clear` deletes with all that depends on them."""

    def sweep(model: type[Model], moment: datetime, most: int) -> int:
        locked = over(model, moment).order_by("id").select_for_update(skip_locked=True, of=("self",))
        ids = list(locked.values_list("id", flat=True)[:most])
        clear(model._default_manager.filter(id__in=ids))
        return len(ids)

    return sweep


def _older(model: type[Model], column: str, moment: datetime, narrower: dict[str, Any]) -> QuerySet[Any]:
    return model._default_manager.filter(**{f"{column}__lte": moment}, **narrower)


def _replace(model: type[Model], column: str, leaving: Leaving, cleared: Mapping[str, Any]) -> int:
    rows = model._default_manager.filter(**{column: leaving.person})
    return rows.update(**{column: leaving.tombstone}, **cleared)


def _delete(rows: QuerySet[Any]) -> None:
    """One DELETE; Django would first read what might refer to the rows. Foreign keys are checked at commit."""
    rows._raw_delete(rows.db)
