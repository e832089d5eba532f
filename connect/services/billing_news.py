"""Telling people what became of what they pay, in their language."""

from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise

from connect import wording
from connect.enums import NotificationType, RelatedType
from connect.models import Payment, Subscription
from connect.queries import languages
from connect.services import notifications
from connect.services.notifications import Note

Words = tuple[Promise, Promise]


def payment_failed(held: Subscription) -> None:
    """What they asked for was not paid, so that nothing changes. Needs the service role."""
    _tell_of_subscription(held, NotificationType.PAYMENT_FAILED, wording.CHANGE_NOT_PAID)


def renewal_failed(held: Subscription) -> None:
    """There is time left to pay. Needs the service role."""
    _tell_of_subscription(held, NotificationType.PAYMENT_FAILED, wording.RENEWAL_NOT_PAID)


def ended(held: Subscription) -> None:
    """They are back at the free tier. Needs the service role."""
    _tell_of_subscription(held, NotificationType.SUBSCRIPTION_ENDED, wording.SUBSCRIPTION_ENDED)


def refunded(payment: Payment) -> None:
    """What they paid is on its way back. Needs the service role."""
    _tell(
        payment.user_id,
        NotificationType.PAYMENT_REFUNDED,
        wording.PAYMENT_REFUNDED,
        payment.id,
        RelatedType.PAYMENT,
    )


def _tell_of_subscription(held: Subscription, kind: NotificationType, words: Words) -> None:
    _tell(held.user_id, kind, words, held.id, RelatedType.SUBSCRIPTION)


def _tell(user_id: UUID, kind: NotificationType, words: Words, about: UUID, related: RelatedType) -> None:
    with translation.override(languages([user_id])[user_id]):
        title, message = map(str, words)
    notifications.send([Note(user_id, kind, title, message, about, related)])
