from matching.models.chart import Chart
from matching.models.connection import Connection, ConnectionEvent
from matching.models.feedback import MatchFeedback
from matching.models.match import Match
from matching.models.run import MatchingRun

__all__ = ["Chart", "Connection", "ConnectionEvent", "Match", "MatchFeedback", "MatchingRun"]
