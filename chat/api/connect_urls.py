"""The `/connect/*` calls of the Connect flow."""

from django.urls import path

from chat.api import connect_views
from connect.api.pool_views import ActivateView, DeactivateView
from matching.api.connect_views import ConnectFeedbackView, ConnectMatchView, ConnectRespondView

urlpatterns = [
    path("activate", ActivateView.as_view()),
    path("deactivate", DeactivateView.as_view()),
    path("status", connect_views.StatusView.as_view()),
    path("match", ConnectMatchView.as_view()),
    path("respond", ConnectRespondView.as_view()),
    path("chat", connect_views.BlindChatView.as_view()),
    path("reveal", connect_views.RevealView.as_view()),
    path("feedback", ConnectFeedbackView.as_view()),
    path("report", connect_views.ReportView.as_view()),
]
