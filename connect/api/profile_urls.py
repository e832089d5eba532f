"""Paths of profile, consents, people and notifications."""

from django.urls import path

from connect.api import profile_preference_views as preferences
from connect.api.consent_views import ConsentsView
from connect.api.event_views import EventsView
from connect.api.gov_id_views import GovIdView
from connect.api.hobby_views import HobbiesView, HobbyOptionsView, HobbyView
from connect.api.notification_views import NotificationReadView, NotificationsView, NotificationView
from connect.api.people_views import PersonView
from connect.api.personality_views import PersonalityAnswersView, PersonalityQuestionsView
from connect.api.photo_views import PhotoFileView, PhotoOrderView, PhotosView, PhotoView
from connect.api.profile_views import BirthView, ProfileView
from connect.api.push_views import PushDevicesView, PushDeviceView
from connect.exposure import FLAGGED

urlpatterns = [
    path("profile", ProfileView.as_view()),
    path("profile/birth", BirthView.as_view()),
    path("profile/preferences", preferences.PreferencesView.as_view()),
    path("profile/values", preferences.ValuesView.as_view()),
    path("profile/interests", preferences.InterestsView.as_view()),
    path("profile/off_limits", preferences.OffLimitsView.as_view()),
    path("profile/non_negotiables", preferences.NonNegotiablesView.as_view()),
    path("profile/readiness", preferences.ReadinessView.as_view()),
    path("profile/photos", PhotosView.as_view()),
    path("profile/photos/order", PhotoOrderView.as_view()),
    path("profile/photos/<uuid:photo_id>", PhotoView.as_view()),
    path("photos/<uuid:photo_id>/file", PhotoFileView.as_view(), name="photo-file"),
    path("profile/hobbies", HobbiesView.as_view()),
    path("profile/hobbies/<uuid:hobby_id>", HobbyView.as_view()),
    path("hobby_options", HobbyOptionsView.as_view()),
    path("profile/gov_id", GovIdView.as_view()),
    path("consents", ConsentsView.as_view()),
    path("people/<uuid:person_id>", PersonView.as_view(**FLAGGED)),
    path("personality/questions", PersonalityQuestionsView.as_view()),
    path("personality/answers", PersonalityAnswersView.as_view()),
    path("push_devices", PushDevicesView.as_view()),
    path("push_devices/<uuid:device_id>", PushDeviceView.as_view()),
    path("events", EventsView.as_view()),
    path("notifications", NotificationsView.as_view()),
    path("notifications/<uuid:notification_id>", NotificationView.as_view()),
    path("notifications/<uuid:notification_id>/read", NotificationReadView.as_view()),
]
