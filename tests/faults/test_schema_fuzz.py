"""The whole OpenAPI schema fuzzed, as somebody signed in: no 5xx, no undeclared reply (fault 21).

Every operation of the schema is here by itself. MORE=… is how many times the usual number of calls are made; each run
makes the same ones.
"""

from itertools import chain

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.settings.limits import LIMITS
from connect.models import BirthData
from matching.models import Chart
from tests.config.contract import schema
from tests.conftest import powerless
from tests.faults.world import make_world, sign_in
from tests.lengths import MORE
from tests.matching.builders import born

pytestmark = pytest.mark.django_db

CALLS = 12 * MORE
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
KNOWN: list[str] = []
"""Ids of things that exist: those of the caller first, of everybody else after."""

# Half of all ids are of something: an id out of nowhere is found by nothing, and tries no code behind the look-up.
known = st.integers(0, 10_000).map(lambda number: KNOWN[number % len(KNOWN)])
schemathesis.openapi.format("uuid", st.one_of(st.uuids().map(str), known))

API = schemathesis.openapi.from_dict(schema(), config=SchemathesisConfig(seed=1))
OPERATIONS = {found.ok().definition.raw["operationId"]: found.ok() for found in API.get_all_operations()}
HANDLER = WSGIHandler()


def calls():
    """Every operation, with what its schema admits and, where there is anything to get wrong, with what it does not."""
    for name, operation in OPERATIONS.items():
        raw = operation.definition.raw
        yield name, GenerationMode.POSITIVE
        if raw.get("parameters") or raw.get("requestBody") or raw.get("security"):
            yield name, GenerationMode.NEGATIVE


def application(environ, start_response):
    """The product from its first middleware on, without the signals by which a server gives connections back."""
    response = HANDLER.get_response(WSGIRequest(environ))
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        Chart.objects.all().delete()
        BirthData.objects.all().delete()
        born(world.owner, timezone.now())
        ids = [world.conversation.id, world.match.id, world.offer.id, *(row.pk for row in world.rows.values())]
        others = [world.partner.id, world.friend.id, world.blocked.id, world.stranger.id]
        KNOWN[:] = map(str, chain(ids, others))
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def token(scene, db, settings):
    """Limits are too high to be reached: what they answer is declared of every operation alike."""
    settings.LIMITS = {name: {"sensitive": policy["sensitive"]} for name, policy in LIMITS.items()}
    return sign_in(scene.owner)._credentials["HTTP_AUTHORIZATION"]


def ask(case, token):
    """One call, of which nothing stays: neither what it wrote nor that it signed its caller out."""
    with transaction.atomic():
        with powerless():
            reply = case.call(app=application, headers={"Authorization": token})
        transaction.set_rollback(True)
    return reply


@pytest.mark.parametrize("name, mode", list(calls()), ids=lambda part: getattr(part, "value", part))
def test_it_is_answered_as_declared(token, name, mode):
    @settings(
        max_examples=CALLS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(OPERATIONS[name].as_strategy(generation_mode=mode))
    def fuzz(case):
        case.validate_response(ask(case, token), checks=CHECKS)

    fuzz()
