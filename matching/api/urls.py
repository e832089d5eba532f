"""Paths of this app. The flag opens the flow to the public; taking back and ending are open always."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from connect.exposure import FLAGGED
from matching.api import connection_views, discovery_views, queue_views
from matching.api.connection_views import PersonalitySummaryView
from matching.api.views import ChartView
from matching.enums import Server


class ServerConverter(StringConverter):
    """The code of a server of discovery; any other is no path."""

    regex = f"(?:{'|'.join(Server.values)})"

    def to_python(self, value: str) -> Server:
        return Server(value)


register_converter(ServerConverter, "server")

urlpatterns: list[URLPattern] = [
    path("profile/chart", ChartView.as_view()),
    path("connections/<uuid:connection_id>/personality_summary", PersonalitySummaryView.as_view(**FLAGGED)),
    path("matching/queue", queue_views.QueueView.as_view(**FLAGGED)),
    path("matching/queue/join", queue_views.JoinView.as_view(**FLAGGED)),
    path("matching/queue/leave", queue_views.LeaveView.as_view()),
    path("matching/session/<uuid:session_id>", queue_views.SessionView.as_view(**FLAGGED)),
    path("discovery/servers", discovery_views.ServersView.as_view(**FLAGGED)),
    path("discovery/<server:server>/batch", discovery_views.BatchView.as_view(**FLAGGED)),
    path("discovery/<server:server>/refresh", discovery_views.RefreshView.as_view(**FLAGGED)),
    path("discovery/<server:server>/filters", discovery_views.FiltersView.as_view(**FLAGGED)),
    path("discovery/cards/<uuid:card_id>/pass", discovery_views.PassView.as_view(**FLAGGED)),
    path("interests", connection_views.InterestsView.as_view(**FLAGGED)),
    path("interests/<uuid:interest_id>", connection_views.InterestView.as_view()),
    path("connections/<uuid:connection_id>/archive", connection_views.ArchiveView.as_view(**FLAGGED)),
    path("connections/<uuid:connection_id>/unarchive", connection_views.UnarchiveView.as_view(**FLAGGED)),
    path("connections/<uuid:connection_id>/terminate", connection_views.TerminateView.as_view()),
    path("connections/<uuid:connection_id>/events", connection_views.EventsView.as_view(**FLAGGED)),
]
