"""What is known of people themselves."""

from connect.personal_data import accounts, money, sent, told
from connect.services import picture_files, subscriptions
from safety.personal_data import before_erasure, register


def declare() -> None:
    before_erasure(subscriptions.leave)
    before_erasure(accounts.forget_exports)
    before_erasure(picture_files.forget)
    before_erasure(accounts.forget_address)
    register(*accounts.accounts(), *accounts.ways_in(), *told.told(), *told.preferred(), *told.personality())
    register(*told.used())
    register(*money.paid(), *sent.sent(), *sent.pushed(), *sent.waiting(), *accounts.staff())
