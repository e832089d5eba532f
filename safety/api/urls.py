"""Paths of this app."""

from django.urls import path

from safety.api import cases

urlpatterns = [
    path("moderation_actions", cases.ActionsView.as_view()),
    path("appeals", cases.AppealsView.as_view()),
    path("appeals/<uuid:appeal_id>", cases.AppealView.as_view()),
]
