"""Signing up, in and out."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import DomainError, NotSignedIn
from connect import id_tokens
from connect.api.paging import ListEndpoint
from connect.api.serializers.auth import (
    ConfirmInput,
    LoginInput,
    OAuthInput,
    RefreshInput,
    RegisterInput,
    RegisterReply,
    SessionReply,
    TokensReply,
)
from connect.enums import Provider
from connect.id_tokens import Claims
from connect.models import DeviceSession
from connect.services import oauth, registrations, sessions
from connect.services.sessions import Device
from safety import attempts, limits
from safety.api import Endpoint, operation
from safety.api.schema import ProblemSerializer

NO_CONTENT = OpenApiResponse(description="Done")
WRONG = OpenApiResponse(ProblemSerializer, description="Not signed in")
OFF = OpenApiResponse(ProblemSerializer, description="This provider is not offered")
SIGNED_IN = {200: TokensReply, 401: WRONG, 404: OFF}


class RegisterView(Endpoint):
    """Ask for an account: always accepted, the rest comes by mail."""

    public = True
    limits = {"POST": "auth"}

    @operation(operation_id="register", request=RegisterInput, responses={202: RegisterReply})
    def post(self, request: Request) -> Response:
        given = self.given(RegisterInput).validated_data
        limits.check("mailbox", account=attempts.named(given["email"]), address=self.caller.address)
        registration_id = registrations.start(**given, now=self.now)
        return Response({"ok": True, "registration_id": registration_id}, status=202)


class RegisterConfirmView(Endpoint):
    """Prove the address with the id of the registration and the code mailed for it; the reply signs in."""

    public = True
    limits = {"POST": "code"}

    @operation(operation_id="register_confirm", request=ConfirmInput, responses={201: TokensReply})
    def post(self, request: Request) -> Response:
        given = self.given(ConfirmInput).validated_data
        made = registrations.confirm(
            registration_id=given["registration_id"],
            code=given["code"],
            device=device_of(request, given),
            now=self.now,
        )
        if isinstance(made, DomainError):
            return self.refusal(made)
        return Response(TokensReply(made).data, status=201)


class LoginView(Endpoint):
    """Sign in with address and password."""

    public = True
    limits = {"POST": "auth"}

    @operation(operation_id="login", request=LoginInput, responses={200: TokensReply, 401: WRONG})
    def post(self, request: Request) -> Response:
        given = self.given(LoginInput).validated_data
        attempt = attempts.count("login", name=given["email"], address=self.caller.address)
        signed_in = sessions.log_in(
            email=given["email"], password=given["password"], device=device_of(request, given), now=self.now
        )
        attempt.succeeded()
        return Response(TokensReply(signed_in).data)


class OAuthView(Endpoint):
    """Sign in with a provider's ID token; the first time makes an account."""

    public = True
    limits = {"POST": "auth"}
    provider: ClassVar[Provider]
    claims: Claims | DomainError

    def prepare(self) -> None:
        """Checking a token may have to wait for the provider's keys."""
        asked = OAuthInput(data=self.request.data)
        if asked.is_valid():
            given = asked.validated_data
            self.claims = id_tokens.read(self.provider, given["id_token"], given["nonce"])

    def _sign_in(self, request: Request) -> Response:
        given = self.given(OAuthInput).validated_data
        if isinstance(self.claims, DomainError):
            raise self.claims
        signed_in = oauth.sign_in(
            claims=self.claims, timezone=given["timezone"], device=device_of(request, given), now=self.now
        )
        return Response(TokensReply(signed_in).data)


class GoogleView(OAuthView):
    """Sign in with an ID token of Google; the first time makes an account."""

    provider = Provider.GOOGLE

    @operation(operation_id="oauth_google", request=OAuthInput, responses=SIGNED_IN)
    def post(self, request: Request) -> Response:
        return self._sign_in(request)


class AppleView(OAuthView):
    """Sign in with an ID token of Apple; the first time makes an account."""

    provider = Provider.APPLE

    @operation(operation_id="oauth_apple", request=OAuthInput, responses=SIGNED_IN)
    def post(self, request: Request) -> Response:
        return self._sign_in(request)


class RefreshView(Endpoint):
    """The next pair of tokens. A refresh token is good once; used again, it ends its session."""

    public = True
    limits = {"POST": "refresh"}

    @operation(operation_id="refresh", request=RefreshInput, responses={200: TokensReply, 401: WRONG})
    def post(self, request: Request) -> Response:
        serializer = self.given(RefreshInput)
        address = request.META.get("REMOTE_ADDR", "")
        signed_in = sessions.refresh(token=serializer.validated_data["refresh"], address=address, now=self.now)
        if signed_in is None:
            return self.refusal(NotSignedIn("This token was used before.", code="token_reused"))
        return Response(TokensReply(signed_in).data)


class LogoutView(Endpoint):
    """End this session."""

    restricted_allowed = suspended_allowed = True
    limits = {"POST": "leave"}

    @operation(operation_id="logout", request=None, responses={204: NO_CONTENT})
    def post(self, request: Request) -> Response:
        sessions.log_out(caller=self.caller, now=self.now)
        return Response(status=204)


class SessionsView(ListEndpoint):
    """Where one is signed in."""

    restricted_allowed = suspended_allowed = True

    @operation(operation_id="sessions_list", responses={200: SessionReply(many=True)})
    def get(self, request: Request) -> Response:
        own = DeviceSession.objects.filter(user=self.me).live(self.now)
        return self.page(own.with_current(self.caller.session_id), SessionReply)


class SessionView(Endpoint):
    """One signed-in device."""

    restricted_allowed = suspended_allowed = True
    limits = {"DELETE": "leave"}

    @operation(operation_id="sessions_revoke", responses={204: NO_CONTENT})
    def delete(self, request: Request, session_id: UUID) -> Response:
        sessions.revoke(session_id=session_id, by=self.me, now=self.now)
        return Response(status=204)


def device_of(request: Request, given: dict[str, Any]) -> Device:
    return Device(given["device_label"], request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", ""))
