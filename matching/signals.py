"""What matching tells the apps above it; sent inside the transaction that made it true."""

from django.dispatch import Signal

# Both sides said yes: matches, one or more of the same pathway, now. Chat opens their conversations and moves them on.
matches_accepted = Signal()

# What runs between two people, who are locked, is about to end: first, second, now. Chat does before what was due.
matches_closing = Signal()

# A match ended for a reason that chat does not know of yet: match, now.
match_closed = Signal()

# Two people are connected, or not any more: connection, now.
connection_formed = Signal()
connection_ended = Signal()

# Somebody looked at a pairing that the queue made of them and another: match_id, by, now. Chat counts them as there.
session_seen = Signal()

# Somebody said how a live talk was, for themselves and the engine alone: reflection, now.
reflection_given = Signal()
