"""Paths of this app."""

from django.urls import URLPattern, path

from matching.api.views import ChartView

urlpatterns: list[URLPattern] = [
    path("profile/chart", ChartView.as_view()),
]
