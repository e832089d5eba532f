"""Paths of the famous."""

from django.urls import URLPattern, path

from faces.api import celebrity_views as celebrities

urlpatterns: list[URLPattern] = [
    path("celebrities", celebrities.CelebritiesView.as_view()),
    path("celebrities/<uuid:celebrity_id>/picture", celebrities.CelebrityFileView.as_view(), name="celebrity-file"),
    path("matches/celebrity/<uuid:face_id>", celebrities.LookalikesView.as_view()),
]
