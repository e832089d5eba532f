"""Every path of the server."""

from django.contrib import admin
from django.urls import include, path

from config.docs import DocsView, SchemaView
from config.health import healthz, readyz
from config.metrics import metrics

handler400 = "config.api.errors.bad_request"
handler404 = "config.api.errors.not_found"
handler500 = "config.api.errors.server_error"

# In the order they are tried: what people ask for all the time first.
urlpatterns = [
    path("api/", include("chat.api.urls")),
    path("connect/", include("chat.api.connect_urls")),
    path("api/", include("streaks.api.urls")),
    path("api/", include("faces.api.urls")),
    path("api/", include("matching.api.urls")),
    path("api/", include("connect.api.urls")),
    path("api/", include("safety.api.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", DocsView.as_view(url_name="schema"), name="docs"),
    path("admin/", admin.site.urls),
]
