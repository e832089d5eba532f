"""Signing up, signing in, and devices."""

import zoneinfo
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordRefused
from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.models import User


class EmailField(serializers.EmailField):
    """An address, in the one spelling it is stored in."""

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).lower()


class RegisterInput(StrictSerializer):
    email = EmailField()
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    timezone = serializers.CharField(default="UTC")

    def validate_timezone(self, name: str) -> str:
        if name not in zoneinfo.available_timezones():
            raise serializers.ValidationError("This is not an IANA time zone.", code="unknown_timezone")
        return name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(attrs["password"], User(email=attrs["email"]))
        except PasswordRefused as refused:
            reasons = [serializers.ErrorDetail(text, code="password_weak") for text in refused.messages]
            raise serializers.ValidationError({"password": reasons}) from refused
        return attrs


class RegisterReply(serializers.Serializer[Any]):
    ok = serializers.BooleanField()


class DeviceInput(StrictSerializer):
    device_label = serializers.CharField(max_length=80, default="", allow_blank=True)


class ConfirmInput(DeviceInput):
    email = EmailField()
    code = serializers.RegexField(r"^[0-9]{6}$")


class LoginInput(DeviceInput):
    email = EmailField()
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class RefreshInput(StrictSerializer):
    refresh = serializers.CharField(max_length=2000)


class TokensReply(serializers.Serializer[Any]):
    """`expires_in`: seconds the access token is good for."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_in = serializers.IntegerField()
    session_id = serializers.UUIDField(source="session.id")
    user_id = serializers.UUIDField(source="session.user_id")


class SessionReply(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    device_label = serializers.CharField()
    ip_address = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    current = serializers.SerializerMethodField()

    def get_current(self, session: Any) -> bool:
        return bool(session.id == self.context["session_id"])
