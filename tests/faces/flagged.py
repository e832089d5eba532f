"""Two people taken for one, and staff who look into it."""

from faces.services import job_runs, searches
from safety.enums import ReportReason
from safety.models import SafetyFlag
from safety.services import flags
from tests.faces.alike import face, person
from tests.factories import UserFactory
from tests.safety.cases import WARNING


def taken_for_one(now, cosine=0.95, **theirs):
    """A face of each; the first is the one that found the other."""
    found = face(person(), now), face(person(), now, cosine, **theirs)
    searches.find(face_id=found[0].id, now=now)
    return found


def boss():
    """Somebody who decides about staff too, as which everybody here takes part."""
    return UserFactory(is_staff=True, is_superuser=True).id


def flag_of(user_id):
    return SafetyFlag.objects.get(user=user_id)


def dismiss(user_id, now, by=None):
    """Find that there is nothing in the flag of one of them."""
    flags.resolve(flag=flag_of(user_id).id, by=by or boss(), now=now)


def confirm(user_id, now):
    given = {"measure": WARNING, "reason_code": ReportReason.OTHER, "statement": "One account is enough."}
    flags.act(flag=flag_of(user_id).id, by=boss(), now=now, **given)


def judged(now):
    """What workers do of what is to be judged anew; how many jobs there were."""
    return job_runs.run_due(now=now, limit=20)
