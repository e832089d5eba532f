"""Paths of this app. The flag opens interests and connections to the public; taking back and ending are open always."""

from django.urls import URLPattern, path

from connect.exposure import FLAGGED
from matching.api import connection_views
from matching.api.views import ChartView

urlpatterns: list[URLPattern] = [
    path("profile/chart", ChartView.as_view()),
    path("interests", connection_views.InterestsView.as_view(**FLAGGED)),
    path("interests/<uuid:interest_id>", connection_views.InterestView.as_view()),
    path("connections/<uuid:connection_id>/archive", connection_views.ArchiveView.as_view(**FLAGGED)),
    path("connections/<uuid:connection_id>/unarchive", connection_views.UnarchiveView.as_view(**FLAGGED)),
    path("connections/<uuid:connection_id>/terminate", connection_views.TerminateView.as_view()),
    path("connections/<uuid:connection_id>/events", connection_views.EventsView.as_view(**FLAGGED)),
]
