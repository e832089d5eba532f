"""The server's entry: HTTP to Django, `/ws/` to the one websocket consumer."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "web")

import django

django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path, re_path

from chat.consumers import SocketConsumer
from config.checks import refuse_unsafe_start
from config.handler import Handler
from config.origins import OriginCheck, nothing_here
from config.proxies import behind_proxies

refuse_unsafe_start()

sockets = URLRouter([path("ws/", SocketConsumer.as_asgi()), re_path("", nothing_here)])  # type: ignore[arg-type]
application = behind_proxies(ProtocolTypeRouter({"http": Handler(), "websocket": OriginCheck(sockets)}))
