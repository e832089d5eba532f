"""How far the jobs of accounts, letters, money and exports are behind."""

from django.db.models import Q

from config import lag
from config.lag import Kind
from connect.enums import ExportStatus, SubscriptionStatus
from connect.models import (
    AccountDeletion,
    DataExport,
    OutgoingMail,
    OutgoingSms,
    PaymentJob,
    PushDelivery,
    Subscription,
)

KINDS = (
    Kind("send_mail", OutgoingMail),
    Kind("send_sms", OutgoingSms),
    Kind("send_pushes", PushDelivery),
    Kind("build_exports", DataExport, waiting=Q(status=ExportStatus.REQUESTED)),
    Kind("erase_accounts", AccountDeletion),
    Kind("settle_payments", PaymentJob),
    Kind("follow_subscriptions", Subscription, waiting=~Q(status=SubscriptionStatus.ENDED)),
)


def declare() -> None:
    lag.register(*KINDS)
