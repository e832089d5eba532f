"""Requests in figures: by route and method, added up over processes, with no more series than there are routes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from config import lag, measuring, tally
from connect.models import OutgoingMail
from tests.config.test_metrics import TOKEN, figures
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted(settings):
    settings.METRICS_TOKEN = TOKEN
    tally._counts.clear()


def scraped():
    return figures(Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode())


def requests(found, **labels):
    told = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return found.get(f"api_requests_total{{{told}}}", 0)


def test_a_request_counts_by_its_route_and_not_by_its_path(api):
    client = api(UserFactory())
    for _ in range(2):
        client.get(f"/api/conversations/{uuid4()}")
    route = "api/conversations/<uuid:conversation_id>"
    assert requests(scraped(), method="GET", route=route, status="4xx") == 2


@pytest.mark.parametrize(
    "method, path, labels",
    [
        ("GET", "/api/settings", {"method": "GET", "route": "api/settings", "status": "2xx"}),
        ("GET", "/nowhere/else", {"method": "GET", "route": "none", "status": "4xx"}),
        ("GET", "/admin/login/", {"method": "GET", "route": "admin", "status": "2xx"}),
        ("INVENTED", "/api/settings", {"method": "other", "route": "api/settings", "status": "4xx"}),
    ],
)
def test_labels_are_bounded(method, path, labels):
    Client().generic(method, path)
    assert requests(scraped(), **labels) == 1


def test_a_fault_of_ours_counts(monkeypatch):
    def fail(*args):
        raise RuntimeError("of the test")

    monkeypatch.setattr("connect.api.settings_views.SettingsView.get", fail)
    Client(raise_request_exception=False).get("/api/settings")
    assert requests(scraped(), method="GET", route="api/settings", status="5xx") == 1


@pytest.mark.parametrize("seconds, bucket", [(0.01, "0.01"), (0.011, "0.025"), (11, "+Inf")])
def test_how_long_it_took_falls_into_a_bucket(seconds, bucket):
    of = ("GET", "api/x")
    tally.add([((measuring.SECONDS, *of, str(measuring.bisect_left(measuring.BOUNDS, seconds))), 1)])
    tally.add([((measuring.SUM, *of), seconds)])
    found = scraped()
    named = {
        bound: found[f'api_request_seconds_bucket{{le="{bound}",method="GET",route="api/x"}}']
        for bound in [*map(str, measuring.BOUNDS), "+Inf"]
    }
    assert next(bound for bound, count in named.items() if count) == bucket
    assert found['api_request_seconds_count{method="GET",route="api/x"}'] == 1
    assert found['api_request_seconds_sum{method="GET",route="api/x"}'] == seconds


def test_what_another_process_handed_over_is_added_up():
    """Two flushes stand for two processes: what is in Redis is the sum of both."""
    for _ in range(2):
        tally.add([((measuring.REQUESTS, "GET", "api/x", "2xx"), 3)])
        tally.flush()
    assert requests(scraped(), method="GET", route="api/x", status="2xx") == 6


def test_without_redis_nothing_is_lost_and_the_rest_is_scraped(settings):
    there, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    Client().get("/api/settings")
    assert 'job_lag_seconds{job="send_mail"}' in scraped()
    settings.REDIS_URL = there
    assert requests(scraped(), method="GET", route="api/settings", status="2xx") == 1


# Jobs.


def test_a_job_lags_by_its_oldest_row(now):
    for minutes in (3, 1):
        OutgoingMail.objects.create(to="a@example.org", subject="s", body="b", due_at=now - timedelta(minutes=minutes))
    OutgoingMail.objects.create(to="a@example.org", subject="s", body="b", due_at=now + timedelta(minutes=5))
    found = scraped()
    assert 180 <= found['job_lag_seconds{job="send_mail"}'] < 240
    assert found['job_due{job="send_mail"}'] == 2


def test_nothing_that_is_due_is_no_lag():
    found = scraped()
    assert {kind.name: found[f'job_lag_seconds{{job="{kind.name}"}}'] for kind in lag.kinds()} == {
        kind.name: 0 for kind in lag.kinds()
    }


def test_each_kind_costs_one_query(now, django_assert_num_queries):
    with django_assert_num_queries(len(lag.kinds())):
        list(lag.figures())
