"""Rate limits: name -> what one account and one address may do; sensitive ones refuse when Redis is down."""

from typing import TypedDict


class Policy(TypedDict, total=False):
    account: str
    address: str
    sensitive: bool


LIMITS: dict[str, Policy] = {
    # What names no policy of its own takes one of these two.
    "read": {"account": "600/minute", "address": "3000/minute", "sensitive": False},
    "write": {"account": "120/minute", "address": "1200/minute", "sensitive": False},
    "schema": {"address": "60/minute", "sensitive": False},
    # Failed attempts alone. The account here is the one that is named, whether there is one or not; `_here` is what one
    # address may try on it. All addresses together may try far more, or anybody could lock a known person out.
    "login": {"account": "300/hour;1000/day", "sensitive": True},
    "login_here": {"account": "6/15 minute;30/day", "sensitive": True},
    "admin": {"account": "300/hour;1000/day", "address": "20/15 minute;100/day", "sensitive": True},
    "admin_here": {"account": "6/15 minute;20/day", "sensitive": True},
    "mailbox": {"account": "5/hour;10/day", "sensitive": True},
    # One number, one person and one place that ask for text messages, which cost money.
    "phone": {"account": "3/hour;6/day", "sensitive": True},
    "sms": {"account": "5/hour;10/day", "address": "20/hour;60/day", "sensitive": True},
    "sms_code": {"account": "20/hour", "address": "60/hour", "sensitive": True},
    # Guesses at the old password by somebody who has a session.
    "password": {"account": "8/15 minute;30/day", "address": "60/hour", "sensitive": True},
    "auth": {"address": "30/minute;300/hour", "sensitive": True},
    "code": {"address": "20/minute;100/hour", "sensitive": True},
    # What takes something back or ends it: nobody is kept in it for having been busy with other things.
    "leave": {"account": "120/minute", "address": "1200/minute", "sensitive": False},
    "refresh": {"address": "120/minute", "sensitive": True},
    "chat": {"account": "60/minute;1500/hour", "address": "1200/minute", "sensitive": True},
    "reveal": {"account": "20/minute;60/hour", "address": "400/minute", "sensitive": True},
    "purchase": {"account": "20/minute;100/hour", "address": "400/minute", "sensitive": False},
    # How often a tier may remind the other, the database counts.
    "nudge": {"account": "10/minute;30/hour", "address": "400/minute", "sensitive": False},
    # Choosing people out of a hundred thousand costs more than a read; the timer of the product refuses the rest.
    "discovery": {"account": "20/minute;100/hour", "address": "400/minute", "sensitive": False},
    # Beside it the rows of the queue make who leaves again and again wait.
    "queue": {"account": "20/minute;200/hour", "address": "400/minute", "sensitive": False},
    "reflection": {"account": "30/hour;100/day", "address": "600/hour", "sensitive": False},
    "frame": {"account": "600/minute", "address": "12000/minute", "sensitive": False},
    "socket": {"account": "30/minute", "address": "300/minute", "sensitive": False},
    # Asking for help and keeping somebody away never wait for Redis, and whoever has reason to is never too fast: only
    # what was refused counts here, and only what would be refused is stopped.
    "report": {"account": "30/hour", "address": "600/hour", "sensitive": False},
    "block": {"account": "60/hour", "address": "1200/hour", "sensitive": False},
    "panic": {"account": "60/hour", "address": "1200/hour", "sensitive": False},
    "appeal": {"account": "10/hour;30/day", "address": "600/hour", "sensitive": False},
    "subscription": {"account": "60/hour;200/day", "address": "600/hour", "sensitive": False},
    "webhook": {"address": "3000/minute", "sensitive": False},
    "push_device": {"account": "30/hour", "address": "600/hour", "sensitive": False},
    # An app tells of many things in one call.
    "events": {"account": "60/minute;1200/hour", "address": "1200/minute", "sensitive": False},
    "export": {"account": "5/day", "address": "100/day", "sensitive": True},
    # Each takes a processor for a second.
    "photo": {"account": "30/hour;100/day", "address": "300/hour", "sensitive": False},
    # Some cost money. How many a day, the database counts, but not those that were deleted.
    "baby": {"account": "20/hour;30/day", "address": "200/hour", "sensitive": True},
    "baby_file": {"address": "3000/minute", "sensitive": False},
    "face": {"account": "30/hour;60/day", "address": "300/hour", "sensitive": False},
    "reaction": {"account": "60/minute;1500/day", "address": "1200/minute", "sensitive": False},
    # What a picture shows nobody here can judge: few, and none while it is not certain how many.
    "chat_picture": {"account": "10/minute;60/day", "address": "300/hour", "sensitive": True},
    "photo_file": {"address": "3000/minute", "sensitive": False},
    # Public, and kept by whoever stands between.
    "celebrity_file": {"address": "3000/minute", "sensitive": False},
    "gov_id": {"account": "10/day", "address": "100/day", "sensitive": True},
    "export_file": {"address": "60/minute", "sensitive": False},
}
