"""The report of the engine, on matches of which it is known what made them go well."""

import json
from datetime import timedelta
from io import StringIO
from itertools import combinations

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.db import new_id
from matching.engine.features import DIMENSIONS
from matching.engine.learning import held_out
from matching.enums import MatchStatus, Pathway
from matching.models import Match
from matching.services import lifts
from tests.matching.builders import account, scored

pytestmark = pytest.mark.django_db

AFTER = timedelta(days=20)


def ids(kept, count):
    every = (match_id for match_id in iter(new_id, None) if held_out(match_id) == kept)
    return [next(every) for _ in range(count)]


def went(now, count, *, kept=True, says="values", version="connect-v1", seed=1, **fields):
    """Matches whose acceptance hangs on one component, and nothing on the others; astro is missing in half."""
    people = sorted(account().id for _ in range(34))
    pairs = [pair for pair, _ in zip(combinations(people, 2), range(count), strict=False)]
    rng = np.random.default_rng(seed)
    scores = rng.normal(55, 10, (count, len(DIMENSIONS))).clip(0, 100)
    odds = (scores[:, DIMENSIONS.index(says)] - 55) / 5
    good = rng.random(count) < 1 / (1 + np.exp(-odds))
    until = now + AFTER / 2
    rows = [
        Match(
            **scored() | fields
            | {
                "id": match_id, "user_a_id": a, "user_b_id": b, "engine_version": version, "expires_at": until,
                "score_breakdown": dict(zip(DIMENSIONS, line.tolist(), strict=True)) | ({"astro": None} if odd else {}),
            }
        )
        for (a, b), match_id, line, odd in zip(pairs, ids(kept, count), scores, np.arange(count) % 2, strict=True)
    ]  # fmt: skip
    Match.objects.bulk_create(rows)
    liked = Match.objects.filter(id__in=[row.id for row, went_well in zip(rows, good, strict=True) if went_well])
    Match.objects.filter(id__in=[row.id for row in rows]).exclude(id__in=liked).update(status=MatchStatus.DECLINED)
    for status in (MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_BOTH):
        liked.update(status=status)
    return good


def measured(now, **how):
    found = lifts.measure(since=now - timedelta(days=1), now=now + AFTER, **how)
    return {(one.engine_version, one.outcome.name): one for one in found}


def test_what_predicts_is_seen_and_what_does_not(now):
    good = went(now, 500)
    found = measured(now)["connect-v1", "accepted"]
    assert (found.share.reached, found.share.n) == (good.sum(), 500)
    said = {name: lift.says for name, lift in found.lifts.items()}
    assert said == dict.fromkeys(DIMENSIONS, "nothing seen") | {"values": "predicts"}
    assert found.lifts["astro"].known == 250
    assert found.lifts["values"].difference.low > 0.0


def test_it_looks_only_at_what_is_held_out(now):
    went(now, 60, kept=False)
    assert measured(now) == {}
    assert measured(now, tuning=True)["connect-v1", "accepted"].share.n == 60


def test_and_at_the_rest_only_for_tuning(now):
    went(now, 60)
    assert measured(now, tuning=True) == {}
    assert measured(now)["connect-v1", "accepted"].share.n == 60


def test_versions_stand_apart(now):
    went(now, 300, version="connect-v1.1")
    went(now, 300, says="depth", version="connect-v2.2", seed=2)
    told = {version: one.lifts for (version, name), one in measured(now).items() if name == "accepted"}
    assert list(told) == ["connect-v1.1", "connect-v2.2"]
    assert told["connect-v1.1"]["values"].says == told["connect-v2.2"]["depth"].says == "predicts"
    assert told["connect-v1.1"]["depth"].says == told["connect-v2.2"]["values"].says == "nothing seen"


def test_versions_of_the_same_code_are_taken_together_too(now):
    went(now, 40, version="connect-v1.1")
    went(now, 50, version="connect-v1.2", seed=2)
    shares = {version: one.share.n for (version, name), one in measured(now).items() if name == "accepted"}
    assert shares == {"connect-v1.*": 90, "connect-v1.1": 40, "connect-v1.2": 50}


def test_only_matches_that_the_engine_chose(now):
    went(now, 40)
    Match.objects.update(pathway=Pathway.LIVE)
    assert measured(now) == {}


def test_only_those_since_then(now):
    went(now, 40, created_at=now - timedelta(days=3))
    assert measured(now) == {}


def report(*arguments):
    out = StringIO()
    call_command("engine_report", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def long_ago():
    """Matches of a month ago, with their answers; the command reads the clock."""
    now = timezone.now()
    went(now - timedelta(days=30), 400, created_at=now - timedelta(days=30))


def test_the_table_can_be_read(long_ago):
    text = report()
    (values,) = (line for line in text.splitlines() if line.strip().startswith("values") and "predicts" in line)
    assert values.split()[1] == "400"
    assert "connect-v1: both said yes:" in text
    assert "one in 5, by a hash of its id" in text
    assert max(map(len, text.splitlines())) <= 130


def test_the_json_says_the_same(long_ago):
    told = json.loads(report("--json", "--since", "60"))
    assert (told["days"], told["matches"]) == (60, "held_out")
    (accepted,) = (one for one in told["measured"] if one["outcome"] == "accepted")
    values = accepted["components"]["values"]
    assert (values["known"], values["says"]) == (400, "predicts")
    assert values["slope"]["low"] < values["slope"]["estimate"] < values["slope"]["high"]


def test_of_a_shorter_time_there_is_nothing(long_ago):
    assert "There are no such matches." in report("--since", "7")


def test_the_rest_is_for_choosing_weights(long_ago):
    assert json.loads(report("--tuning", "--json"))["matches"] == "tuning"
    assert "choose weights by" in report("--tuning")


def test_no_days_are_refused():
    with pytest.raises(CommandError, match="--since"):
        report("--since", "0")
