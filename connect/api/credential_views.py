"""What a person proves of themselves, and the password."""

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import DomainError
from connect.api.auth_views import NO_CONTENT
from connect.api.serializers.auth import (
    PasswordChangeInput,
    PasswordResetConfirmInput,
    PasswordResetInput,
    PasswordResetReply,
    PhoneInput,
    PhoneReply,
    PhoneVerifiedReply,
    PhoneVerifyInput,
)
from connect.services import passwords, phones
from safety import attempts, limits
from safety.api import Endpoint, operation


class PhoneStartView(Endpoint):
    """Ask for a code to be sent to one's number: always accepted, the rest comes by text message."""

    limits = {"POST": "sms"}

    @operation(operation_id="phone_start", request=PhoneInput, responses={202: PhoneReply})
    def post(self, request: Request) -> Response:
        phone = self.given(PhoneInput).validated_data["phone"]
        limits.check("phone", account=attempts.named(phone), address=self.caller.address)
        verification_id = phones.start(user_id=self.me, phone=phone, now=self.now)
        return Response({"ok": True, "verification_id": verification_id}, status=202)


class PhoneVerifyView(Endpoint):
    """Prove the number with the id of the verification and the code sent for it."""

    limits = {"POST": "sms_code"}

    @operation(operation_id="phone_verify", request=PhoneVerifyInput, responses={200: PhoneVerifiedReply})
    def post(self, request: Request) -> Response:
        given = self.given(PhoneVerifyInput).validated_data
        phone = phones.verify(**given, user_id=self.me, now=self.now)
        if isinstance(phone, DomainError):
            return self.refusal(phone)
        return Response({"ok": True, "phone": phone})


class PasswordChangeView(Endpoint):
    """Replace the password by who knows it; every other device is signed out."""

    restricted_allowed = True
    limits = {"POST": "password"}

    @operation(operation_id="password_change", request=PasswordChangeInput, responses={204: NO_CONTENT})
    def post(self, request: Request) -> Response:
        given = self.given(PasswordChangeInput).validated_data
        passwords.change(
            user_id=self.me,
            session_id=self.caller.session_id,
            old=given["old_password"],
            new=given["new_password"],
            now=self.now,
        )
        return Response(status=204)


class PasswordResetView(Endpoint):
    """Ask for a new password: always accepted, the rest comes by mail."""

    public = True
    limits = {"POST": "auth"}

    @operation(operation_id="password_reset", request=PasswordResetInput, responses={202: PasswordResetReply})
    def post(self, request: Request) -> Response:
        email = self.given(PasswordResetInput).validated_data["email"]
        limits.check("mailbox", account=attempts.named(email), address=self.caller.address)
        reset_id = passwords.ask(email=email, now=self.now)
        return Response({"ok": True, "reset_id": reset_id}, status=202)


class PasswordResetConfirmView(Endpoint):
    """Set a new password with the id of the reset and the code mailed for it; every device is signed out."""

    public = True
    limits = {"POST": "code"}

    @operation(operation_id="password_reset_confirm", request=PasswordResetConfirmInput, responses={204: NO_CONTENT})
    def post(self, request: Request) -> Response:
        given = self.given(PasswordResetConfirmInput).validated_data
        refused = passwords.confirm(
            reset_id=given["reset_id"], code=given["code"], new=given["new_password"], now=self.now
        )
        return self.refusal(refused) if refused else Response(status=204)
