"""What staff see of people."""

from connect.admin import accounts, billing, figures, people, sent

__all__ = ["accounts", "billing", "figures", "people", "sent"]
