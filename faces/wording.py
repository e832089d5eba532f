"""The words of likeness, in the language that is active when one is read; title and message of a notification."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = tuple[Promise, Promise]

BABY_GENERATED: Words = (
    gettext_lazy("A picture for the two of you"),
    gettext_lazy("What a child of yours might look like: a picture made out of your faces, and no prediction."),
)
