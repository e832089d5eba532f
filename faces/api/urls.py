"""Paths of this app. The flag opens to the public what brings people together."""

from django.urls import URLPattern, path

from connect.exposure import FLAGGED
from faces.api import baby_views, celebrity_urls, face_views, match_views
from faces.api.reaction_views import ReactionsView

urlpatterns: list[URLPattern] = [
    path("faces", face_views.FacesView.as_view()),
    path("faces/<uuid:face_id>", face_views.FaceView.as_view()),
    path("faces/<uuid:face_id>/default", face_views.DefaultFaceView.as_view()),
    path("faces/<uuid:face_id>/file", face_views.FaceFileView.as_view(), name="face-file"),
    path("match_jobs/<uuid:job_id>", face_views.JobView.as_view()),
    path("baby", baby_views.BabiesView.as_view(**FLAGGED)),
    path("baby/<uuid:baby_id>/file", baby_views.BabyFileView.as_view(), name="baby-file"),
    path("matches/top", match_views.TopMatchesView.as_view(**FLAGGED)),
    path("matches/<uuid:match_id>", match_views.MatchView.as_view(**FLAGGED)),
    path("reactions", ReactionsView.as_view(**FLAGGED)),
    path("baby", baby_views.BabiesView.as_view(**FLAGGED)),
    path("babies/<uuid:baby_id>/file", baby_views.BabyFileView.as_view(), name="baby-file"),
    *celebrity_urls.urlpatterns,
]
