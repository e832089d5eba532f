"""The server's entry: HTTP to Django, `/ws/` to the one websocket consumer."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "web")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from chat.consumers import SocketConsumer
from config.checks import refuse_unsafe_start
from config.origins import OriginCheck

refuse_unsafe_start()

application = ProtocolTypeRouter(
    {"http": http, "websocket": OriginCheck(URLRouter([path("ws/", SocketConsumer.as_asgi())]))}
)
