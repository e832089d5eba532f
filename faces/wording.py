"""The words of faces, in the language that is active when one is read; title and message of a notification."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = tuple[Promise, Promise]

BABY_GENERATED: Words = (
    gettext_lazy("A picture for the two of you"),
    gettext_lazy("What a child of yours might look like: a picture made out of your faces, and no prediction."),
)
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

# What to make of a likeness, by who compares.
LIKENESS_OF_PERSONS = gettext_lazy(
    "Read by software that tells people apart. That two faces are alike says nothing else about anybody."
)
LIKENESS_OF_PICTURES = gettext_lazy(
    "Compared by light, texture and proportions, which tells pictures apart rather than people. Take it as a game."
)
