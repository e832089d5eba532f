"""Changing what is looked for in what people write."""

from collections.abc import Iterable
from uuid import UUID

from safety.models import ModerationRule
from safety.roles import as_service
from safety.services import audit
from safety.words.matcher import check


def save(*, rule: ModerationRule, by: UUID, changed: Iterable[str]) -> None:
    """Keep a new or changed rule and who made it so. Raises BadPattern for one that cannot be used."""
    check(rule.as_rule())
    action = "rule_added" if rule._state.adding else "rule_changed"
    figures = {"label": rule.label, "risk": rule.risk, "lowers": rule.lowers, "active": rule.active}
    with as_service():
        rule.save()
        entity, names = rule._meta.db_table, sorted(changed)
        audit.record(action=action, actor=by, entity=entity, entity_id=rule.id, changed=names, **figures)
