"""What survives an account: whoever comes back under an address, a number or a provider's word that is known is
blocked again by whom they were blocked, and what moderators decided stands again.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection

from safety import identities
from safety.roles import as_service
from safety.services import actions, returns

# Whatever a person is reached by stands with every block made against them, also with those they brought along.
_REMEMBER = """
INSERT INTO safety_blockedidentity (block_id, digest)
SELECT block_id, digest
FROM ({blocks} SELECT coalesce(carried_from_id, id) FROM safety_block WHERE blocked_id = %(user_id)s) AS own (block_id),
     unnest(%(digests)s::text[]) AS digest
ON CONFLICT (digest, block_id) DO NOTHING
"""
# One statement, whether there is anything to carry over or not. What it ends later falls due at once.
_RECOGNISE = f"""
WITH known AS (
    SELECT block.id, blocker_id, source, alias
    FROM safety_blockedidentity JOIN safety_block AS block ON block.id = block_id
    WHERE digest = ANY(%(digests)s::text[]) AND blocker_id <> %(user_id)s
    FOR KEY SHARE OF block
), carried AS (
    INSERT INTO safety_block (blocker_id, blocked_id, source, alias, carried_from_id, due_at)
    SELECT DISTINCT ON (blocker_id) blocker_id, %(user_id)s, source, alias, id, %(now)s FROM known
    ORDER BY blocker_id, id
    ON CONFLICT (blocker_id, blocked_id) DO NOTHING
    RETURNING id, carried_from_id
), recorded AS (
    INSERT INTO safety_auditlog (action, entity, entity_id)
    SELECT 'block_carried_over', 'safety_block', id FROM carried
)
{_REMEMBER.format(blocks="SELECT carried_from_id FROM carried UNION")}
"""


def remember(*, blocked: UUID) -> None:
    """Keep, as keyed hashes, what a blocked person is reached by now."""
    with as_service(), connection.cursor() as cursor:
        digests = identities.of(blocked)
        cursor.execute(_REMEMBER.format(blocks=""), {"user_id": blocked, "digests": digests})


def recognise(*, user_id: UUID, now: datetime) -> None:
    """Carry over to an account what stands against whoever had its address, its number or its provider before.

    To be called in the transaction in which an account is made, or an address, number or provider of it confirmed. It
    takes the same statements either way, so that nobody can tell by signing up whether somebody blocked them or a case
    against them is open. What moderators decided is told to the person, and takes more.
    """
    digests = identities.of(user_id)
    with as_service():
        with connection.cursor() as cursor:
            cursor.execute(_RECOGNISE, {"user_id": user_id, "digests": digests, "now": now})
        returns.remember_if_known(user_id=user_id, digests=digests)
        actions.carry_over(to=user_id, now=now)
