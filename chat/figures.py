"""What the dashboard shows of conversations; what came before them is `matching.figures`."""

from django.conf import settings

from chat.enums import Decision, Kind
from config.figures import Bars, Line, Lines, Source, Term, read, register

ASKED = {
    "accepted": "both showed themselves",
    "declined": "the other said no",
    "expired": "no answer in time",
    "withdrawn": "taken back",
    "left": "the conversation ended first",
    "pending": "waiting",
}
# A message is counted while it is new: later the two days behind it are all that can change.
MESSAGE_DAYS = 3
FUNNEL = Bars(
    "From proposal to feedback",
    "Matches by the day they were proposed, and how far they had come by now",
    [
        ("proposed", Term("match", "proposed")),
        ("accepted by both", Term("match", "accepted")),
        ("both wrote", Term("talk", "talked")),
        ("both revealed", Term("talk", "revealed")),
        ("feedback given", Term("match", "judged")),
    ],
    Term("match", "proposed"),
    place=10,
)
ABANDONMENT = Bars(
    "What became of requests to reveal",
    "Requests by the day they were made",
    [(label, Term("reveal", bucket)) for bucket, label in ASKED.items()],
    place=50,
)
MESSAGES = Lines(
    "Messages",
    "Messages a day, without those that were held back",
    [Line("before a reveal", Term("message", Kind.BLIND)), Line("live", Term("message", Kind.LIVE))],
    place=55,
)
REPORTS = Bars(
    "Report rate",
    "Conversations of matches of these days, and those of them that somebody reported by now",
    [("conversations", Term("talk", "opened")), ("reported", Term("talk", "reported"))],
    Term("talk", "opened"),
    place=70,
)

OUTCOMES = {"revealed": "both revealed", "went_on": "went on", "ended": "ended"}
GATES = Bars(
    "Decision gates",
    "What came of the gates that opened on these days; not those that a reveal or an end came before",
    [
        (f"minute {minute}: {label}", Term("gate", f"{minute} {outcome}"))
        for minute in settings.LIVE_GATES
        for outcome, label in OUTCOMES.items()
    ],
    place=40,
)
VOTES = Bars(
    "Votes at gates",
    "What people decided; who said nothing is not among them",
    [(decision.label, Term("vote", decision)) for decision in Decision],
    place=41,
)


def declare() -> None:
    talks = ("talk", "score_revealed", "reveal")
    register(
        Source(talks, read("chat", "figures.sql"), [FUNNEL, ABANDONMENT, REPORTS]),
        Source(("gate", "vote"), read("chat", "figures_of_gates.sql"), [GATES, VOTES]),
        Source(("message",), read("chat", "messages.sql"), [MESSAGES], days=MESSAGE_DAYS),
    )
