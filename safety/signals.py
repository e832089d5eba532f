"""What protection tells the apps above it. Receivers do one small write each, in the same transaction."""

from django.dispatch import Signal

# A person blocked another: blocker_id, blocked_id, source, now. Every read consults Block itself; this is for clean-up.
user_blocked = Signal()

# What a person may do changed (restriction, suspension, ban): user_id, standing (services.actions.Standing), now. The
# person's row is locked.
access_changed = Signal()

# Staff looked into what raised flags and took no measure because of it: flags (all that one thing raised), by, now. The
# rows of their people are locked.
flags_dismissed = Signal()

# A person is to be told what a moderator decided: notice (services.notices.Notice), now.
person_told = Signal()
