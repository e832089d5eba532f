"""Who sees faces: moderators, who also find whose face a picture is, and admins, who keep the celebrities and the
weights. Analysts see what is nobody's.
"""

from django.db import migrations

from safety.schema import StaffRights

_OF_PEOPLE = ("face", "facematch", "matchjob", "reaction", "baby", "faceconnection", "celebritymatch")
_OF_NOBODY = [("faces", "view", "celebrity"), ("faces", "view", "faceparameters")]
_SEEN = [("faces", "view", name) for name in _OF_PEOPLE]
_KEPT = [("faces", right, name) for right in ("add", "change") for name in ("celebrity", "faceparameters")]
GIVEN = {
    "moderator": [*_SEEN, *_OF_NOBODY, ("faces", "change", "face")],
    "analyst": _OF_NOBODY,
    "admin": [
        *_SEEN,
        *_OF_NOBODY,
        *_KEPT,
        ("faces", "change", "face"),
        ("faces", "change", "matchjob"),
        ("faces", "delete", "celebrity"),
    ],
}


class Migration(migrations.Migration):
    dependencies = [("faces", "0002_first_parameters"), ("safety", "0008_case_rights")]
    operations = [StaffRights(GIVEN)]
