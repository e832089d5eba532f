from matching.models.chart import Chart
from matching.models.connection import Connection, ConnectionEvent
from matching.models.discovery import DiscoveryBatch, DiscoveryCard, Server
from matching.models.discovery_people import DiscoveryEntry, DiscoveryFilter
from matching.models.feedback import MatchFeedback
from matching.models.interest import Interest, InterestWipe
from matching.models.match import Match
from matching.models.parameters import EngineParameters
from matching.models.pool import PoolEntry
from matching.models.queue import QueueEntry
from matching.models.run import MatchingRun, MatchingShard

__all__ = [
    "Chart",
    "Connection",
    "ConnectionEvent",
    "DiscoveryBatch",
    "DiscoveryCard",
    "DiscoveryEntry",
    "DiscoveryFilter",
    "EngineParameters",
    "Interest",
    "InterestWipe",
    "Match",
    "MatchFeedback",
    "MatchingRun",
    "MatchingShard",
    "PoolEntry",
    "QueueEntry",
    "Server",
]
