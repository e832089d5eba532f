"""What the dashboard shows of matches, runs and discovery."""

from config.figures import Bars, Line, Lines, Means, Panel, Source, Term, read, register
from matching.engine.features import DIMENSIONS
from matching.enums import Origin

POOL = Term("run", "pool", summed=True)
METRICS = ("match", "score_proposed", "score_accepted", "run", "batch", "connection")
ACCEPTANCE = Lines(
    "Proposals and acceptances",
    "Matches by the day they were proposed, and those of them that both accepted",
    [Line("proposed", Term("match", "proposed")), Line("accepted by both", Term("match", "accepted"))],
    place=15,
)
COMPONENTS = Means(
    "Components of the score",
    "Mean of each component, of all matches and of those that both accepted; one that is no higher predicts nothing",
    DIMENSIONS,
    (("all matches", "score_proposed"), ("accepted by both", "score_accepted")),
    place=20,
)
EXPOSURE = Lines(
    "Inequality of exposure",
    "Gini coefficient of how often people were proposed, mean of the day's runs: 0 is alike, 1 is one person alone",
    [Line("Gini", Term("run", "gini", summed=True), Term("run", "gini"), about_people=False)],
    ".2f",
    place=25,
)
EXHAUSTION = Lines(
    "Pool exhaustion",
    "Of a hundred people in a run, how many got no proposal, and how many of them suit nobody at all",
    [
        Line("without a proposal", Term("run", "left_without", summed=True), POOL, 100),
        Line("suit nobody", Term("run", "alone", summed=True), POOL, 100),
    ],
    ".1f",
    place=26,
)
BATCHES = Bars(
    "Discovery batches",
    "Batches that had all five people, and those that could not be filled",
    [("full", Term("batch", "full")), ("exhausted", Term("batch", "exhausted"))],
    place=60,
)
MET = Bars(
    "Connections by how people met",
    "Connections by the day they were formed",
    [(origin.label, Term("connection", origin)) for origin in Origin],
    place=61,
)

ENDS = {
    "matched": "paired",
    "expired": "waited too long",
    "left": "left",
    "absent": "was gone",
    "barred": "may not any more",
}
WAITS = {
    "10": "under 10 seconds",
    "30": "under 30 seconds",
    "60": "under a minute",
    "120": "under 2 minutes",
    "300": "under 5 minutes",
    "longer": "longer",
}
QUEUE = Bars(
    "How waits in the queue ended",
    "Waits by the day they ended on; the share of those that were paired is the pairing rate",
    [(label, Term("queue", bucket)) for bucket, label in ENDS.items()],
    place=30,
)
WAIT = Bars(
    "Wait until a pairing",
    "How long those had waited who were paired, what they waited before a pairing that broke included",
    [(label, Term("wait", bucket)) for bucket, label in WAITS.items()],
    place=31,
)


def declare() -> None:
    panels: list[Panel] = [ACCEPTANCE, COMPONENTS, EXPOSURE, EXHAUSTION, BATCHES, MET]
    register(
        Source(METRICS, read("matching", "figures.sql"), panels),
        Source(("queue", "wait"), read("matching", "figures_of_queue.sql"), [QUEUE, WAIT]),
    )
