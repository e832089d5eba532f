"""Signing up, signing in, and devices."""

from functools import cache
from importlib import resources
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordRefused
from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.addresses import MAX_LENGTH, is_plain
from connect.models import User
from connect.passwords import VisibleCharactersValidator


class EmailField(serializers.EmailField):
    """An address, in the one spelling it is stored in. Codes: max_length, email_not_plain.

    ASCII alone: of other letters some vanish or change on the way to the mailbox, so that one mailbox would have
    any number of addresses. A domain of another script is given in its xn-- form.
    """

    default_error_messages = {"email_not_plain": "Use an address of plain letters; other domains have an xn-- form."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = str(super().to_internal_value(data))
        if not is_plain(address):
            self.fail("email_not_plain")
        return address.lower()


class PasswordField(serializers.CharField):
    """A password as it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, **kwargs)


class CodeField(serializers.RegexField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[0-9]{6}$", **kwargs)


class TimezoneInput(StrictSerializer):
    timezone = serializers.CharField(default="UTC")

    def validate_timezone(self, name: str) -> str:
        if name not in _zones():
            raise serializers.ValidationError("This is not an IANA time zone.", code="unknown_timezone")
        return name


class RegisterInput(TimezoneInput):
    email = EmailField()
    password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_weak("password", attrs["password"], User(email=attrs["email"]))
        return attrs


@cache
def _zones() -> frozenset[str]:
    """The names of the IANA database itself; in a machine's own list some mean whatever it is set to."""
    listed = resources.files("tzdata").joinpath("zones").read_text()
    return frozenset(listed.split()) - {"Factory"}


def refuse_weak(field: str, password: str, user: User | None = None) -> None:
    """Raises ValidationError with all that is wrong with a new password."""
    try:
        validate_password(password, user)
    except PasswordRefused as refused:
        reasons = [serializers.ErrorDetail(text, code=_weakness(refused)) for text in refused.messages]
        raise serializers.ValidationError({field: reasons}) from refused


def _weakness(refused: PasswordRefused) -> str:
    """password_weak, or the validator's own code where nothing else is wrong with the password."""
    own = VisibleCharactersValidator.code
    return own if {reason.code for reason in refused.error_list} == {own} else "password_weak"


class RegisterReply(serializers.Serializer[Any]):
    """`registration_id`: what the mailed code has to come back with."""

    ok = serializers.BooleanField()
    registration_id = serializers.UUIDField()


class DeviceInput(StrictSerializer):
    device_label = serializers.CharField(max_length=80, default="", allow_blank=True)


class ConfirmInput(DeviceInput):
    registration_id = serializers.UUIDField()
    code = CodeField()


class LoginInput(DeviceInput):
    email = EmailField()
    password = PasswordField()


class OAuthInput(DeviceInput, TimezoneInput):
    """`nonce`: what the client had the provider write into the ID token, which then answers this client alone."""

    id_token = serializers.CharField(max_length=8000)
    nonce = serializers.CharField(max_length=255, default="")


class NewPasswordInput(StrictSerializer):
    new_password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_weak("new_password", attrs["new_password"])
        return attrs


class PasswordChangeInput(NewPasswordInput):
    old_password = PasswordField()


class PasswordResetInput(StrictSerializer):
    email = EmailField()


class PasswordResetReply(serializers.Serializer[Any]):
    """`reset_id`: what the mailed code has to come back with."""

    ok = serializers.BooleanField()
    reset_id = serializers.UUIDField()


class PasswordResetConfirmInput(NewPasswordInput):
    reset_id = serializers.UUIDField()
    code = CodeField()


class PhoneInput(StrictSerializer):
    phone = serializers.RegexField(r"^\+[1-9][0-9]{6,14}$", max_length=16)


class PhoneReply(serializers.Serializer[Any]):
    """`verification_id`: what the code sent to the number has to come back with."""

    ok = serializers.BooleanField()
    verification_id = serializers.UUIDField()


class PhoneVerifyInput(StrictSerializer):
    verification_id = serializers.UUIDField()
    code = CodeField()


class PhoneVerifiedReply(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    phone = serializers.CharField()


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
    current = serializers.BooleanField()
