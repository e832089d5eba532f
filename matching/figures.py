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


def declare() -> None:
    panels: list[Panel] = [ACCEPTANCE, COMPONENTS, EXPOSURE, EXHAUSTION, BATCHES, MET]
    register(Source(METRICS, read("matching", "figures.sql"), panels))
