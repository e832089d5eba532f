"""What staff turn while the product runs: typed entries of django-constance, kept in the database."""

from unfold.contrib.constance.settings import UNFOLD_CONSTANCE_ADDITIONAL_FIELDS

from config.settings.base import ENVIRONMENT

CONSTANCE_BACKEND = "constance.backends.database.DatabaseBackend"
CONSTANCE_ADDITIONAL_FIELDS = UNFOLD_CONSTANCE_ADDITIONAL_FIELDS
# Group rights decide, as on every other page of the admin.
CONSTANCE_SUPERUSER_ONLY = False
CONSTANCE_CONFIG = {
    "connect_public": (
        ENVIRONMENT != "production",
        "Connect is open to everybody. While it is off, its calls, conversations and the socket answer staff alone, "
        "and only staff are matched.",
        bool,
    ),
    "allow_non_edu_emails": (True, "Anybody may sign up; off: only with the address of a school.", bool),
    "academic_domains": ("", "Domains of schools besides .edu, .edu.xx and .ac.xx, with spaces between them.", str),
}
PUBLIC_FLAGS = ("allow_non_edu_emails",)
"""Those that everybody may know."""
