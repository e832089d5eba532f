"""Django system checks of protection."""

from typing import Any

from django.core.checks import Error, Tags, register

from safety.schema.inspect import undeclared


@register(Tags.security)
def row_security_is_declared(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A table with a foreign key to a person says who may read it, or why nobody needs to."""
    hint = "Add RowSecurity to Meta.constraints, or the label with a reason to ROW_SECURITY_EXEMPT."
    return [
        Error(f"{model._meta.label} holds a person's data without row security.", hint=hint, id="safety.E001")
        for model in undeclared()
    ]
