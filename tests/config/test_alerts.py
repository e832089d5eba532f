"""docs/alerts.yml names metrics that are scraped, with labels they have, and no others."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings as configured
from django.test import Client

from config import measuring
from matching.services import runs
from tests.config.test_metrics import TOKEN
from tests.matching.builders import person

RULES = yaml.safe_load((Path(configured.BASE_DIR) / "docs" / "alerts.yml").read_text())["groups"]
ALERTS = [rule for group in RULES for rule in group["rules"]]
# A name before what may follow one, and what stands in its braces.
SELECTOR = re.compile(r"\b([a-z]+(?:_[a-z]+)+)\b(?!\s*\()(?:\{([^}]*)\})?")
GROUPING = re.compile(r"\b(?:by|without)\s*\([^)]*\)")


@pytest.fixture
def scraped(db, now, settings):
    settings.METRICS_TOKEN = TOKEN
    person(now), person(now)
    runs.request(now=now)
    runs.run_requested(now=now)
    client = Client()
    client.get("/api/settings")
    measuring.count_frame("ping", "ack", 0.01)
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    lines = (re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line) for line in text.splitlines() if line[0] != "#")
    return {(line[1], label) for line in lines if line for label in re.findall(r'(\w+)="', line[2] or "") or [""]}


def asked(expr):
    for name, braces in SELECTOR.findall(GROUPING.sub("", expr)):
        for label in re.findall(r"(\w+)\s*[!=]", braces) or [""]:
            yield name, label


def test_every_metric_and_label_an_alert_names_is_scraped(scraped):
    known = {name for name, _ in scraped}
    missing = {
        (rule["alert"], name, label)
        for rule in ALERTS
        for name, label in asked(rule["expr"])
        if name not in known or (label and (name, label) not in scraped)
    }
    assert missing == set()


def test_the_check_sees_metrics_with_and_without_labels():
    found = set(asked('sum by (route) (rate(api_requests_total{status="5xx"}[5m])) > 0 and job_due > 1'))
    assert found == {("api_requests_total", "status"), ("job_due", "")}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_is_and_whom_it_wakes(rule):
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"page", "ticket"}
