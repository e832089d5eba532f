"""Paths of people: accounts here, the profile in `profile_urls`."""

from django.urls import include, path

from connect.api import auth_views as auth

urlpatterns = [
    path("auth/register", auth.RegisterView.as_view()),
    path("auth/register/confirm", auth.RegisterConfirmView.as_view()),
    path("auth/login", auth.LoginView.as_view()),
    path("auth/refresh", auth.RefreshView.as_view()),
    path("auth/logout", auth.LogoutView.as_view()),
    path("auth/sessions", auth.SessionsView.as_view()),
    path("auth/sessions/<uuid:session_id>", auth.SessionView.as_view()),
    path("", include("connect.api.profile_urls")),
]
