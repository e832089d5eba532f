"""The words of streaks, in the language that is active when one is read; title and message of a notification."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = tuple[Promise, Promise]

AT_RISK: Words = (
    gettext_lazy("Today is at risk"),
    gettext_lazy("Your partner has checked in. Check in before midnight."),
)
WINDOW_YOURS: Words = (
    gettext_lazy("You missed a day"),
    gettext_lazy("You can save your streak until the end of today."),
)
WINDOW_THEIRS: Words = (
    gettext_lazy("Your partner missed a day"),
    gettext_lazy("They can save your streak until the end of today. Check in, so that today counts."),
)
RESET: Words = (gettext_lazy("Your streak starts over"), gettext_lazy("When you both check in, a new one begins."))
GOES_ON: Words = (gettext_lazy("Your streak goes on"), gettext_lazy("Check in every day, both of you."))
COMPLETED: Words = (
    gettext_lazy("Fifteen days, both of you"),
    gettext_lazy("You can see each other now, and write to each other."),
)
NUDGE: Words = (gettext_lazy("A nudge"), gettext_lazy("Your partner is waiting for your check-in."))
