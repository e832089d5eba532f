"""Paths of people: accounts here, the profile in `profile_urls`."""

from django.urls import include, path

from connect.api import account_views as account
from connect.api import auth_views as auth
from connect.api import billing_views as billing
from connect.api import credential_views as credentials
from connect.api.settings_views import SettingsView

urlpatterns = [
    path("auth/register", auth.RegisterView.as_view()),
    path("auth/register/confirm", auth.RegisterConfirmView.as_view()),
    path("auth/login", auth.LoginView.as_view()),
    path("auth/refresh", auth.RefreshView.as_view()),
    path("auth/logout", auth.LogoutView.as_view()),
    path("auth/sessions", auth.SessionsView.as_view()),
    path("auth/sessions/<uuid:session_id>", auth.SessionView.as_view()),
    path("auth/oauth/google", auth.GoogleView.as_view()),
    path("auth/oauth/apple", auth.AppleView.as_view()),
    path("auth/phone/start", credentials.PhoneStartView.as_view()),
    path("auth/phone/verify", credentials.PhoneVerifyView.as_view()),
    path("auth/password/change", credentials.PasswordChangeView.as_view()),
    path("auth/password/reset", credentials.PasswordResetView.as_view()),
    path("auth/password/reset/confirm", credentials.PasswordResetConfirmView.as_view()),
    path("settings", SettingsView.as_view()),
    path("account", account.AccountView.as_view()),
    path("account/restore", account.RestoreView.as_view()),
    path("account/export", account.ExportView.as_view()),
    path("account/export/<uuid:export_id>/file", account.ExportFileView.as_view(), name="export-file"),
    path("billing", billing.BillingView.as_view()),
    path("billing/subscription", billing.SubscriptionView.as_view()),
    path("billing/payments", billing.PaymentsView.as_view()),
    path("billing/credits", billing.CreditsView.as_view()),
    path("billing/webhook", billing.WebhookView.as_view()),
    path("", include("connect.api.profile_urls")),
]
