"""What staff see of people."""

from connect.admin import accounts, billing, people, sent

__all__ = ["accounts", "billing", "people", "sent"]
