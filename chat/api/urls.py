"""Paths of this app. The flag opens conversations to the public; ending one, blocking and reporting are open always."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from chat.api import report_views, views
from chat.api.block_views import BlocksView, BlockView
from chat.api.connection_views import ConnectionsView
from chat.api.event_views import EventsView
from chat.api.picture_views import ImageFileView, ImagesView
from chat.api.prompt_views import PromptsView
from connect.exposure import FLAGGED


class SeqConverter(IntConverter):
    """The number of an event; no longer than the column that holds it."""

    regex = "[0-9]{1,18}"


register_converter(SeqConverter, "seq")

urlpatterns = [
    path("conversations", views.ConversationsView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>", views.ConversationView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>/messages", views.MessagesView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>/messages/<seq:seq>", views.MessageView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>/images", ImagesView.as_view(**FLAGGED)),
    path("messages/<uuid:message_id>/image", ImageFileView.as_view(), name="messagepicture-file"),
    path("conversations/<uuid:conversation_id>/read", views.ReadView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>/end", views.EndView.as_view()),
    path("conversations/<uuid:conversation_id>/decision-gate", views.GateView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>/reveal-consent", views.ConsentView.as_view(**FLAGGED)),
    path("conversations/<uuid:conversation_id>/panic-exit", views.PanicView.as_view()),
    path("conversations/<uuid:conversation_id>/prompts", PromptsView.as_view(**FLAGGED)),
    path("connections/<uuid:connection_id>/events", EventsView.as_view(**FLAGGED)),
    path("connections", ConnectionsView.as_view(**FLAGGED)),
    path("blocks", BlocksView.as_view()),
    path("blocks/<uuid:block_id>", BlockView.as_view()),
    path("reports", report_views.ReportsView.as_view()),
]
