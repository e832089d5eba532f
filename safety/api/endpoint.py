"""The base of every HTTP call."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar, final
from uuid import UUID

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from config import clock, languages, logs
from config.api.errors import describe, handle
from config.api.rendering import dumps
from config.errors import Forbidden, Invalid, NotOpenYet, NotSignedIn, TooFast
from safety import flags, limits, unit
from safety.api.declared import hold_to_declared
from safety.api.schema import MAX_KEY
from safety.limits import Call
from safety.services import idempotency
from safety.services.idempotency import Claim, Reply
from safety.unit import Caller

S = TypeVar("S", bound=BaseSerializer[Any])
READS = {"GET", "HEAD", "OPTIONS"}


class Endpoint(APIView):
    """One resource of the API; `get`, `post` … do the work inside the transaction of `safety.unit.perform`.

    `now` is the moment of the request, `caller` what the token claims, `me` the caller's id. To refuse, raise a domain
    error: what the handler wrote is undone. To refuse and keep what was written (a revoked family, a failed attempt),
    return `self.refusal(error)` instead. Query parameters and bodies that its `@operation` does not declare are
    refused. `worded` names the methods whose replies hold words in a language of the reader's choice. `opened_by`,
    given to `as_view`, names the flag without which only staff come in. Of a method in `always` only what is refused
    is counted, so that nothing keeps a call that is right from coming through. What is final here is no subclass's to
    replace; a test holds it.
    """

    public: ClassVar[bool] = False
    restricted_allowed: ClassVar[bool] = False
    suspended_allowed: ClassVar[bool] = False
    idempotent: ClassVar[frozenset[str]] = frozenset()
    limits: ClassVar[dict[str, str]] = {}
    worded: ClassVar[frozenset[str]] = frozenset()
    always: ClassVar[frozenset[str]] = frozenset()
    opened_by: str | None = None

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    now: datetime
    caller: Caller

    @final
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        self.now = clock.now()
        if "conversation_id" in kwargs:
            logs.about(kwargs["conversation_id"])
        try:
            response = self._respond()
        except Exception as exc:
            response = self.handle_exception(exc)
        if self.request.method in self.always and 400 <= response.status_code < 500:
            response = self._count_refusal(response)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    @property
    def me(self) -> UUID:
        """The caller's id, on every Endpoint that is not public."""
        if self.caller.user_id is None:
            raise NotSignedIn()
        return self.caller.user_id

    @property
    def accepted_language(self) -> str | None:
        """The language of ours that the caller's header likes best; None where it likes none of them."""
        return languages.accepted(self.request.headers.get("Accept-Language", ""))

    @final
    def given(self, serializer: type[S], **options: Any) -> S:
        """The body, held to a serializer. Raises ValidationError."""
        return _valid(serializer(data=self.request.data, **options))

    @final
    def asked(self, serializer: type[S]) -> S:
        """The query, held to a serializer. Raises ValidationError."""
        return _valid(serializer(data=self.request.query_params.dict()))

    @final
    def refusal(self, exc: Exception) -> Response:
        """The answer to a refusal whose traces must stay."""
        response = handle(exc, {})
        if response is None:
            raise exc
        response.exception = True
        return response

    def prepare(self) -> None:
        """Ask outside services what the handler has to know, while no transaction waits for them; no database here.

        What it finds out it keeps on the view. It refuses nothing itself: the handler does.
        """

    @final
    def _respond(self) -> Response:
        caller = self.caller = self._identify()
        self.initial(self.request, *self.args, **self.kwargs)
        counted = self.request.method not in self.always
        if counted and (kept := self._count(caller)):
            return kept
        hold_to_declared(type(self), self.request)
        self.prepare()
        response = self._perform(caller, self._handle, self._claim(caller))
        if counted and self._response is None:  # the stored reply of an earlier call, which is the one that counts
            limits.give_back(Call([self._limit()], caller.user_id, caller.address))
        return response

    @final
    def _perform(self, caller: Caller, handler: Callable[[], Reply], claim: Claim | None) -> Response:
        self._open = self.opened_by is None or flags.is_on(self.opened_by)
        self._response: Response | None = None
        reply = unit.perform(
            caller=caller,
            admit=lambda: self._admit(caller),
            handler=handler,
            refuse=self._refuse,
            claim=claim,
            now=self.now,
        )
        return self._response or Response(reply.body, status=reply.status)

    @final
    def _count(self, caller: Caller) -> Response | None:
        """Count the call. Too fast, it may still be one that has its reply, which then counts as a read."""
        try:
            limits.check(self._limit(), account=caller.user_id, address=caller.address)
        except TooFast as refused:
            claim = self._claim(caller)
            if claim is None:
                raise
            limits.check("read", account=caller.user_id, address=caller.address)
            return self._kept(caller, claim, refused)
        return None

    @final
    def _kept(self, caller: Caller, claim: Claim, refused: TooFast) -> Response:
        """The reply that this key has, or else the refusal."""

        def find() -> Reply:
            if kept := idempotency.find(claim, now=self.now):
                return kept
            raise refused

        return self._perform(caller, find, None)

    @final
    def _count_refusal(self, response: Response) -> Response:
        caller: Caller | None = getattr(self, "caller", None)
        if caller is None:  # nobody: what they claim to be was not believed
            return response
        try:
            limits.check(self._limit(), account=caller.user_id, address=caller.address)
        except TooFast as exc:
            return self.handle_exception(exc)
        return response

    @final
    def _identify(self) -> Caller:
        address = self.request.META.get("REMOTE_ADDR", "")
        if self.public:
            return Caller(address)
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn()
        return unit.gate().identify(token, address)

    @final
    def _admit(self, caller: Caller) -> None:
        if not self.public:
            allowed = {"restricted": self.restricted_allowed, "suspended": self.suspended_allowed}
            user: Any = unit.gate().admit(caller, **allowed)
            self.request.user = user
            if not self._open and not user.is_staff:
                raise NotOpenYet()
            self.check_permissions(self.request)

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        raise Forbidden(message)

    @final
    def _limit(self) -> str:
        method = self.request.method or ""
        return self.limits.get(method, "read" if method in READS else "write")

    @final
    def _claim(self, caller: Caller) -> Claim | None:
        key = self.request.headers.get("Idempotency-Key", "")
        method = self.request.method or ""
        if not key or method not in self.idempotent or caller.user_id is None:
            return None
        if len(key) > MAX_KEY:
            raise Invalid(f"Idempotency-Key is at most {MAX_KEY} characters.", code="idempotency_key_too_long")
        # Parsed and written again, so that white space and the order of keys make no other request.
        body = orjson.dumps(self.request.data, option=orjson.OPT_SORT_KEYS, default=_plain)
        return Claim(caller.user_id, key, f"{method} {self.request.path}", body)

    @final
    def _handle(self) -> Reply:
        method = (self.request.method or "").lower()
        # Only the methods of HTTP: a request must not call just any attribute by its name.
        name = method if method in self.http_method_names else "http_method_not_allowed"
        handler = getattr(self, name, self.http_method_not_allowed)
        return self._keep(handler(self.request, *self.args, **self.kwargs))

    @final
    def _refuse(self, exc: Exception) -> Reply:
        problem = describe(exc)
        if problem is None or problem.status >= 500:
            raise exc
        return self._keep(self.refusal(exc))

    @final
    def _keep(self, response: Response) -> Reply:
        """Remember the response to send; as a Reply it is plain JSON, ready to be stored."""
        self._response = response
        needs_body = bool(self.idempotent) and response.data is not None
        return Reply(response.status_code, orjson.loads(dumps(response.data)) if needs_body else None)


def _plain(value: Any) -> str:
    """A file is told from another by its content: two pictures may have one name."""
    if not isinstance(value, UploadedFile):
        return str(value)
    value.seek(0)
    digest = hashlib.sha256()
    for piece in value.chunks():
        digest.update(piece)
    value.seek(0)
    return digest.hexdigest()


def _valid(serializer: S) -> S:
    serializer.is_valid(raise_exception=True)
    return serializer
