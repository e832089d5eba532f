"""What has to stand before faces can be read."""

from typing import Any

from django.core.checks import Error, Tags, register

from faces.analyzers import AnalyzerUnavailable, analyzer


@register(Tags.security)
def analyzer_can_be_made(app_configs: Any, **kwargs: Any) -> list[Error]:
    """With the models it needs. Among the checks that servers and workers make before they take their first job."""
    try:
        analyzer()
    except AnalyzerUnavailable as exc:
        return [Error(f"Faces cannot be read: {exc}", hint="docs/faces.md says what is needed.", id="faces.E001")]
    return []
