"""The `/connect/*` calls of the Connect flow. The flag opens them to the public; the ways out are open always."""

from django.urls import path

from chat.api import connect_views
from connect.api.pool_views import ActivateView, DeactivateView
from connect.exposure import FLAGGED
from matching.api.connect_views import ConnectFeedbackView, ConnectMatchView, ConnectRespondView

urlpatterns = [
    path("activate", ActivateView.as_view(**FLAGGED)),
    path("deactivate", DeactivateView.as_view()),
    path("status", connect_views.StatusView.as_view(**FLAGGED)),
    path("match", ConnectMatchView.as_view(**FLAGGED)),
    path("respond", ConnectRespondView.as_view(**FLAGGED)),
    path("chat", connect_views.BlindChatView.as_view(**FLAGGED)),
    path("reveal", connect_views.RevealView.as_view(**FLAGGED)),
    path("feedback", ConnectFeedbackView.as_view(**FLAGGED)),
    path("report", connect_views.ReportView.as_view()),
]
