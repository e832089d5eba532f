"""What chat tells the apps above it; sent inside the transaction that made it true."""

from django.dispatch import Signal

# Two who are connected took up a starter: connection, event, now.
starter_completed = Signal()
