"""The famous: put in from a picture, kept up to date, taken out; everybody may see them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from config.errors import Invalid, NotYours, WrongState
from connect.pictures import Picture
from connect.services import kept_pictures
from faces.analyzers import Analyzer, analyzer
from faces.engine.analysis import Analysis
from faces.models import Celebrity
from faces.models.analyzed import FOUND
from faces.services import analyses, lookalikes
from safety.roles import as_service
from safety.services import audit

BATCH = 100
"""Pictures that one look analyses anew."""
ONE_AT_A_TIME = 6_021_118
"""The lock under which pictures are stored."""
SEEN = tuple(name for name in FOUND if name != "gender")
"""What an analysis fills. The gender of somebody famous is what is known of them, never what they are taken for."""


@dataclass(frozen=True)
class About:
    """Who somebody is; gender female, male or empty, category one of CelebrityCategory or empty."""

    name: str
    bio: str = ""
    category: str = ""
    gender: str = ""


@dataclass(frozen=True)
class Examined:
    """A picture that was written anew, and what the analyzer of this name found in it."""

    picture: Picture
    found: Analysis
    analyzer: str


def examine(picture: Picture) -> Examined:
    """Look at the face in a picture. It takes a moment and asks no database. Raises Invalid (no_face)."""
    reader = analyzer()
    found = reader.analyze(picture.pixels)
    if found is None:
        raise Invalid("No face is to be seen in this picture.", code="no_face")
    return Examined(picture, found, reader.name)


def check_new(picture: Picture) -> None:
    """Raises WrongState (celebrity_known) where this very picture is there already."""
    known = Celebrity.objects.filter(digest=picture.digest).first()
    if known:
        message = "This picture is there already."
        raise WrongState(message, code="celebrity_known", celebrity_id=str(known.id))


def add(*, about: About, examined: Examined, by: UUID | None, now: datetime) -> Celebrity:
    """Put somebody in. Raises WrongState (celebrity_known) where this very picture is there already."""
    with as_service():
        _one_at_a_time()
        check_new(examined.picture)
        celebrity = Celebrity(**asdict(about))
        _fill(celebrity, examined, now)
        celebrity.save(force_insert=True)
        _record("celebrity_added", celebrity.id, by)
    return celebrity


def change(*, celebrity_id: UUID, about: About, by: UUID, now: datetime) -> Celebrity:
    """Say anew who somebody is. Raises NotYours."""
    with as_service():
        celebrity = _locked(celebrity_id)
        changed = [name for name, value in asdict(about).items() if getattr(celebrity, name) != value]
        for name in changed:
            setattr(celebrity, name, getattr(about, name))
        celebrity.save(update_fields=[*changed, "updated_at"])
        _record("celebrity_changed", celebrity.id, by, changed=sorted(changed))
    return celebrity


def replace(*, celebrity_id: UUID, examined: Examined, by: UUID, now: datetime) -> Celebrity:
    """Give somebody another picture. Raises NotYours, and WrongState (celebrity_known)."""
    with as_service():
        _one_at_a_time()
        celebrity = _locked(celebrity_id)
        check_new(examined.picture)
        before = celebrity.file
        _fill(celebrity, examined, now)
        celebrity.save()
        kept_pictures.discard([before])
        _record("celebrity_replaced", celebrity.id, by)
    return celebrity


def delete(*, celebrity_id: UUID, by: UUID | None, now: datetime) -> None:
    """Take somebody out with their picture; those they were found like are looked at anew. Raises NotYours."""
    with as_service():
        celebrity = _locked(celebrity_id)
        lookalikes.look_again(celebrity_id=celebrity.id, now=now)
        celebrity.delete()
        _record("celebrity_deleted", celebrity_id, by)
    kept_pictures.discard([celebrity.file])


def lose(celebrity: Celebrity, now: datetime) -> None:
    """Take out somebody whose file is gone. Raises NotYours."""
    delete(celebrity_id=celebrity.id, by=None, now=now)


def reanalyze(*, now: datetime, limit: int) -> int:
    """Look anew at those whom another analyzer looked at last, one after the other; how many.

    Each is committed on its own, so that whoever stops it goes on later where it stopped. A picture in which this
    analyzer sees no face, or that cannot be opened, keeps its row and takes no part.
    """
    reader = analyzer()
    with transaction.atomic(), as_service():
        due = list(Celebrity.objects.exclude(analyzer=reader.name).order_by("id")[:limit])
    for celebrity in due:
        changes = _looked_at(celebrity, now)
        with transaction.atomic(), as_service():
            standing = Celebrity.objects.filter(id=celebrity.id, file=celebrity.file)
            standing.update(**changes, updated_at=now)
    return len(due)


def _looked_at(celebrity: Celebrity, now: datetime) -> dict[str, Any]:
    reader = analyzer()
    found = _found_in(celebrity, reader)
    nothing = {name: getattr(Celebrity(), name) for name in SEEN}
    return nothing | _seen(found, reader.name, now)


def _found_in(celebrity: Celebrity, reader: Analyzer) -> Analysis | None:
    try:
        return analyses.read(reader, celebrity)
    except FileNotFoundError:
        return None


def _seen(found: Analysis | None, reader: str, now: datetime) -> dict[str, Any]:
    told = analyses.columns(found, analyzer=reader, now=now)
    return {name: value for name, value in told.items() if name in SEEN}


def _one_at_a_time() -> None:
    """Until the transaction ends nobody else stores a picture: an import in the admin is one transaction, and two with
    the same pictures in another order would each wait for what the other has stored.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _locked(celebrity_id: UUID) -> Celebrity:
    celebrity = Celebrity.objects.select_for_update().filter(id=celebrity_id).first()
    if celebrity is None:
        raise NotYours()
    return celebrity


def _fill(celebrity: Celebrity, examined: Examined, now: datetime) -> None:
    kept_pictures.keep(celebrity, examined.picture)
    for name, value in _seen(examined.found, examined.analyzer, now).items():
        setattr(celebrity, name, value)


def _record(action: str, celebrity_id: UUID, by: UUID | None, **data: Any) -> None:
    audit.record(action=action, actor=by, entity=Celebrity._meta.db_table, entity_id=celebrity_id, **data)
