"""Reporting and blocking come through whenever there is a reason: only what is refused counts against anybody."""

from uuid import uuid4

import pytest

from safety.models import Block, Report
from safety.services import reports
from tests.chat.people import Web, make_two

pytestmark = pytest.mark.django_db
FEW = {"account": "3/day", "address": "4/day", "sensitive": False}


def reporting(conversation_id):
    return "/api/reports", {"conversation_id": str(conversation_id), "reason": "threat"}


def blocking(conversation_id):
    return "/api/blocks", {"conversation_id": str(conversation_id)}


def connect_reporting(conversation_id):
    return "/connect/report", {"blindChatId": str(conversation_id), "reason": "threat"}


every_way = pytest.mark.parametrize("way", [reporting, blocking, connect_reporting])


@pytest.fixture(autouse=True)
def few(settings):
    settings.LIMITS = {**settings.LIMITS, "report": FEW, "block": FEW}


def send(web, way, conversation_id):
    return web.post(*way(conversation_id)).status_code


@every_way
def test_what_finds_nothing_is_stopped_and_what_is_right_is_not(two, way):
    web = Web(two.a)
    assert [send(web, way, uuid4()) for _ in range(5)] == [404] * 3 + [429] * 2
    assert send(web, way, two.conversation.id) in {200, 201}


@every_way
def test_nor_is_it_stopped_by_what_others_do_from_the_same_address(two, way):
    other = make_two()
    for web in (Web(other.a), Web(other.b)):
        for _ in range(3):
            send(web, way, uuid4())
    assert send(Web(two.a), way, uuid4()) == 429
    assert send(Web(two.a), way, two.conversation.id) in {200, 201}


@every_way
def test_what_is_no_request_at_all_counts_as_well(two, way):
    web, (path, _) = Web(two.a), way("")
    assert [web.post(path, {"what": "ever"}).status_code for _ in range(5)] == [400] * 3 + [429] * 2


@every_way
def test_what_is_right_is_never_too_often_and_there_is_one(two, way):
    web = Web(two.a)
    assert {send(web, way, two.conversation.id) for _ in range(6)} <= {200, 201}
    assert (Block.objects.count(), Report.objects.count()) == (1, 0 if way is blocking else 1)


def test_a_report_in_other_words_is_the_same_report(two):
    web, (path, body) = Web(two.a), reporting(two.conversation.id)
    made = {web.post(path, {**body, "details": f"Word {n}."}).json()["id"] for n in range(4)}
    assert len(made) == 1
    assert reports.details_of(Report.objects.get()) == "Word 0.\n\nWord 1.\n\nWord 2.\n\nWord 3."
