"""The flag that opens the Connect flow to the public. The ways out of it do without: they are open always."""

from django.db.models import Q

from safety import flags

FLAG = "connect_public"
FLAGGED = {"opened_by": FLAG}
"""For `as_view` of whatever belongs to the flow."""


def invited(person: str = "") -> Q:
    """Rows of whoever may take part: everybody, and until it is open to the public staff alone. `person` is the lookup
    of the user.
    """
    return Q() if flags.is_on(FLAG) else Q(**{f"{person}is_staff": True})
