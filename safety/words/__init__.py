"""What a text says, read through its disguises and weighed by rules. Pure computation: no Django, no clock."""
