"""The flag that opens the Connect flow to the public. The ways out of it do without: they are open always."""

FLAG = "connect_public"
FLAGGED = {"opened_by": FLAG}
"""For `as_view` of whatever belongs to the flow."""
