"""Paths of this app."""

from django.urls import URLPattern, path

from connect.exposure import FLAGGED
from matching.api.connection_views import PersonalitySummaryView
from matching.api.views import ChartView

urlpatterns: list[URLPattern] = [
    path("profile/chart", ChartView.as_view()),
    path("connections/<uuid:connection_id>/personality_summary", PersonalitySummaryView.as_view(**FLAGGED)),
]
