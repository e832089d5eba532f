"""Paths of this app. The flag opens likeness to the public."""

from django.urls import path

from connect.exposure import FLAGGED
from faces.api import baby_views

urlpatterns = [
    path("baby", baby_views.BabiesView.as_view(**FLAGGED)),
    path("baby/<uuid:baby_id>/file", baby_views.BabyFileView.as_view(), name="baby-file"),
]
