"""Spans for OpenTelemetry, where OTEL_ENDPOINT says who collects them; without it nothing is loaded and nothing done.

A span has numbers, switches and names of versions for attributes, never words of a person nor ids of one. What was
raised is told by the name of its class alone: a message could repeat what somebody wrote.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

OFF: AbstractContextManager[None] = nullcontext()
_tracer: "Tracer | None" = None


def span(name: str, **attributes: int | float | bool | str) -> AbstractContextManager[None]:
    """A span around the body of a `with`."""
    return OFF if _tracer is None else _span(_tracer, name, attributes)


@contextmanager
def _span(tracer: "Tracer", name: str, attributes: dict[str, int | float | bool | str]) -> Iterator[None]:
    from opentelemetry.trace import StatusCode

    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as exc:
            current.set_status(StatusCode.ERROR, type(exc).__name__)
            raise


def start() -> None:
    """Send spans to OTEL_ENDPOINT, in batches and by a thread of their own. Called once a process, from `ready()`."""
    if not settings.OTEL_ENDPOINT:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    use(BatchSpanProcessor(OTLPSpanExporter(settings.OTEL_ENDPOINT, headers=settings.OTEL_HEADERS)))


def use(processor: object | None) -> None:
    """Give spans to this processor from here on; None: to nobody."""
    global _tracer  # noqa: PLW0603  # one a process, as the library has it
    if processor is None:
        _tracer = None
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    resource = Resource({"service.name": "maitribe-connect", "deployment.environment.name": settings.ENVIRONMENT})
    provider = TracerProvider(resource=resource, sampler=ParentBased(TraceIdRatioBased(settings.OTEL_SHARE)))
    provider.add_span_processor(processor)  # type: ignore[arg-type]
    _tracer = provider.get_tracer("maitribe")
