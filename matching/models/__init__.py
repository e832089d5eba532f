from matching.models.chart import Chart
from matching.models.connection import Connection, ConnectionEvent
from matching.models.feedback import MatchFeedback
from matching.models.interest import Interest, InterestWipe
from matching.models.match import Match
from matching.models.parameters import EngineParameters
from matching.models.pool import PoolEntry
from matching.models.run import MatchingRun, MatchingShard

__all__ = [
    "Chart",
    "Connection",
    "ConnectionEvent",
    "EngineParameters",
    "Interest",
    "InterestWipe",
    "Match",
    "MatchFeedback",
    "MatchingRun",
    "MatchingShard",
    "PoolEntry",
]
