"""The server's entry: HTTP to Django, `/ws/` to the one websocket consumer."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "web")

import django

django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from chat.consumers import SocketConsumer
from config.checks import refuse_unsafe_start
from config.handler import SyncChainHandler
from config.origins import OriginCheck

refuse_unsafe_start()

application = ProtocolTypeRouter(
    {
        "http": SyncChainHandler(),
        "websocket": OriginCheck(URLRouter([path("ws/", SocketConsumer.as_asgi())])),
    }
)
