"""The words of faces, in the language that is active when one is read; title and message of a notification."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = tuple[Promise, Promise]

VERIFIED: Words = (
    gettext_lazy("Your picture was looked at"),
    gettext_lazy("It takes part in the search for faces like yours."),
)
REJECTED: Words = (
    gettext_lazy("Your picture was looked at"),
    gettext_lazy("It does not take part in the search. A clear picture of yourself can."),
)
CONNECTED: Words = (
    gettext_lazy("You like each other's faces"),
    gettext_lazy("You are connected now, and can see each other and write."),
)
