"""Saying that one is interested, and taking it back. The other is told nothing unless they said the same.

Whoever writes a person's sent interests holds that person's row, or passes over interests that are held; rows of
several people are locked in the order of their ids. So nobody waits in a circle.
"""

from datetime import datetime
from uuid import UUID

from config.errors import Invalid, NotYours, WrongState
from connect.models import User
from matching.enums import InterestStatus, Server
from matching.models import Connection, Interest
from matching.services import capacity, connections, meetings
from safety.roles import as_service
from safety.services.blocks import lock_pair


def express(*, by: UUID, receiver: UUID, server: Server, now: datetime, card: UUID | None = None) -> Interest:
    """Be interested in somebody within one server; saying it twice is once. Meets the other's as a connection.

    It reads as pending whatever keeps the two apart: a receiver without room, who left, who blocked the sender, who is
    the sender's match already. Raises Invalid (own_interest), NotYours when one of the two is gone or what connected
    them is over, CapacityReached when the sender has no room.
    """
    if by == receiver:
        raise Invalid("You cannot be interested in yourself.", code="own_interest")
    with as_service():
        lock_pair(by, receiver)
        interest = _said(by, receiver, server)
        if interest is None:
            capacity.refuse_if_full(User.objects.get(id=by))
            kept = {"server": server, "card": card, "created_at": now}
            interest = Interest.objects.create(sender_id=by, receiver_id=receiver, **kept)
        if interest.status == InterestStatus.MUTUAL and not connections.are_connected(by, receiver):
            raise NotYours()
        if interest.status == InterestStatus.PENDING and meetings.meet(
            first=by, second=receiver, server=server, now=now
        ):
            interest.refresh_from_db()
    return interest


def withdraw(*, interest_id: UUID, by: UUID, now: datetime) -> Interest:
    """Take back an interest that nobody answered; taking it back twice is once.

    Raises NotYours, WrongState (interest_decided).
    """
    with as_service():
        lock_pair(by, by)
        interest = Interest.objects.select_for_update(no_key=True).filter(id=interest_id, sender=by).first()
        if interest is None:
            raise NotYours()
        if interest.status == InterestStatus.WITHDRAWN:
            return interest
        if interest.status != InterestStatus.PENDING:
            raise WrongState("This interest is decided.", code="interest_decided")
        interest.status, interest.decided_at = InterestStatus.WITHDRAWN, now
        interest.save(update_fields=["status", "decided_at"])
    return interest


def withdraw_all(*, by: UUID, now: datetime, receiver: UUID | None = None) -> int:
    """Take back whatever a person still has pending, or what they have with `receiver`; how many."""
    with as_service():
        lock_pair(by, receiver or by)
        sent = Interest.objects.filter(sender=by)
        narrowed = sent.filter(receiver=receiver) if receiver else sent
        return meetings.decide(narrowed, InterestStatus.WITHDRAWN, now)


def earlier_sender(connection: Connection) -> UUID:
    """Which of two whom discovery connected was interested first. Needs the service role."""
    both = Interest.objects.between(connection.user_low_id, connection.user_high_id)
    mutual = both.filter(status=InterestStatus.MUTUAL, server=connection.server)
    return mutual.order_by("created_at", "id").values_list("sender_id", flat=True)[0]


def leave(*, user_id: UUID, now: datetime) -> None:
    """End what somebody who leaves for good has pending, and what others have with them."""
    with as_service():
        lock_pair(user_id, user_id)
        meetings.decide(Interest.objects.filter(sender=user_id), InterestStatus.WITHDRAWN, now)
        meetings.decide(Interest.objects.filter(receiver=user_id), InterestStatus.LAPSED, now)


def _said(by: UUID, receiver: UUID, server: Server) -> Interest | None:
    """What stands of an earlier time: pending, or answered, which is not asked again."""
    kept = [InterestStatus.PENDING, InterestStatus.MUTUAL]
    mine = Interest.objects.filter(sender=by, receiver=receiver, server=server, status__in=kept)
    return mine.order_by("-id").first()
