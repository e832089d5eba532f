"""Spans: what they are of, that nothing of a person is in them, and that without an endpoint there are none."""

import os
import sys
from datetime import timedelta
from subprocess import run

import pytest
from django.conf import settings as configured
from django.utils import timezone
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chat import outbox
from chat.calls import Call
from config import tracing
from matching.services import pairing, proposals, runs
from safety.unit import Caller
from tests.chat.people import make_match, make_session, make_two, make_user
from tests.connect.provider import standing_in
from tests.factories import UserFactory
from tests.matching.builders import person

TEXT = "What nobody else is to read"


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    tracing.use(SimpleSpanProcessor(exporter))
    yield exporter
    tracing.use(None)


def names(exporter):
    return [span.name for span in exporter.get_finished_spans()]


def test_without_an_endpoint_a_span_is_nothing():
    assert tracing.span("chat.send", size=1) is tracing.OFF


def test_without_an_endpoint_what_would_send_is_not_even_loaded():
    code = "import sys, django; django.setup(); print('opentelemetry.exporter' in sys.modules)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = run([sys.executable, "-c", code], cwd=configured.BASE_DIR, env=env, check=True, capture_output=True)
    assert done.stdout == b"False\n"


def test_a_run_and_its_proposals(db, now, spans):
    person(now), person(now)
    runs.request(now=now)
    runs.run_requested(now=now)
    inner, outer = spans.get_finished_spans()
    assert (inner.name, inner.attributes["people"], outer.name) == ("matching.propose", 2, "matching.run")
    assert inner.parent.span_id == outer.context.span_id


def test_a_sweep_of_the_queue(db, now, spans):
    pairing.sweep(now=now)
    assert names(spans) == ["matching.pair"]


def test_an_answer_to_a_proposal(db, now, spans):
    match = make_match(make_user().id, make_user().id)
    proposals.respond(match_id=match.id, by=match.user_a_id, action=proposals.Action.ACCEPT, now=now)
    (span,) = spans.get_finished_spans()
    assert (span.name, dict(span.attributes)) == ("matching.respond", {"action": "accept"})


def test_a_message_by_itself_and_in_a_batch(api, db, spans):
    two = make_two()
    say(api, two)
    outbox._carry_out([frame(two)])
    assert names(spans) == ["chat.send", "chat.batch"]


def test_nothing_of_a_person_is_in_a_span(api, db, spans):
    two = make_two()
    say(api, two)
    outbox._carry_out([frame(two)])
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    people = (two.a, two.b, two.conversation.id, two.conversation.pseudonym_a)
    assert [secret for secret in (TEXT, *map(str, people)) if secret in told] == []


def test_what_is_raised_is_told_by_its_class_alone(spans):
    with pytest.raises(ValueError, match=TEXT), tracing.span("chat.send"):
        raise ValueError(TEXT)
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code.name, span.status.description, span.events) == ("ERROR", "ValueError", ())


def test_spans_arrive_over_http(settings):
    with standing_in() as collector:
        settings.OTEL_ENDPOINT = f"{collector.url}/v1/traces"
        settings.OTEL_HEADERS = {"x-tenant": "ours"}
        tracing.start()
        with tracing.span("matching.run", in_shards=False):
            pass
        tracing._tracer.span_processor.force_flush()
        tracing.use(None)
    (asked,) = collector.asked
    sent = ExportTraceServiceRequest.FromString(asked.body)
    (found,) = [span for some in sent.resource_spans for scope in some.scope_spans for span in scope.spans]
    assert (asked.path, asked.headers["x-tenant"], found.name) == ("/v1/traces", "ours", "matching.run")


def say(api, two):
    body = {"text": TEXT, "client_id": "one"}
    path = f"/api/conversations/{two.conversation.id}/messages"
    assert api(two_user(two)).post(path, body).status_code == 201


def two_user(two):
    return type(UserFactory.build()).objects.get(id=two.a)


def frame(two):
    session = make_session(two.a)
    visitor = outbox.calls.Visitor(Caller("10.0.0.1"), two.a, session.id, timezone.now() + timedelta(hours=1))
    data = {"conversation_id": two.conversation.id, "client_id": "two", "text": TEXT}
    return Call(visitor, "r", "chat.send", data)
