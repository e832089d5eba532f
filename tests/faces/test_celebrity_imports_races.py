"""The famous brought in by two at once, on real connections."""

from threading import Barrier

import pytest
from django.core.files.storage import storages

from faces.bundles import Archive
from faces.models import Celebrity
from faces.services import celebrities, celebrity_imports
from tests.connect.overlap import overlap
from tests.faces.famous import jpeg
from tests.faces.test_celebrity_imports import zipped
from tests.matching.test_interests_races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_files")]


def importing(now, **files):
    """What becomes of each, as it becomes known."""
    return celebrity_imports.bring_in(Archive(zipped(**files)), by=None, now=now)


def results(outcomes):
    return [(outcome.name, outcome.result) for outcome in outcomes]


def files():
    private = storages["private"]
    return [file for part in private.listdir("celebrities")[0] for file in private.listdir(f"celebrities/{part}")[1]]


def test_the_same_folder_brought_in_twice_at_once_is_there_once(now, monkeypatch):
    """Both look at each picture before either has stored it."""
    examine, both = celebrities.examine, Barrier(2, timeout=60)

    def meet(picture):
        both.wait()
        return examine(picture)

    monkeypatch.setattr(celebrities, "examine", meet)
    pictures = {"Ada": jpeg(), "Ben": jpeg(2)}
    found = race([lambda: results(importing(now, **pictures))] * 2, act_out=lambda act: act())
    for name, outcomes in zip(pictures, zip(*found, strict=True), strict=True):
        assert sorted(outcomes) == [(name, "added"), (name, "known")]
    assert list(Celebrity.objects.order_by("name").values_list("name", flat=True)) == ["Ada", "Ben"]
    assert len(files()) == 2


def test_one_picture_under_two_names_at_once_is_one_of_them(now):
    found = []
    one, other = importing(now, Ada=jpeg()), importing(now, Ben=jpeg())
    overlap(lambda: found.extend(results(one)), lambda: found.extend(results(other)))
    assert found == [("Ada", "added"), ("Ben", "known")]
    assert [made.name for made in Celebrity.objects.all()] == ["Ada"]
    assert len(files()) == 1


def test_imports_of_the_same_pictures_in_another_order_do_not_block_each_other_for_good(now):
    """In the admin an import is one transaction."""
    found = []
    one, other = importing(now, Ada=jpeg(), Ben=jpeg(2)), importing(now, Cleo=jpeg(2), Dora=jpeg())
    overlap(lambda: next(one), lambda: found.extend(results(other)), then=lambda: found.extend(results(one)))
    assert found == [("Ben", "added"), ("Cleo", "known"), ("Dora", "known")]
    assert len(files()) == Celebrity.objects.count() == 2
