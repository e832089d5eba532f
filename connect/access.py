"""Who may come in: the gate that `safety.unit` asks on each call and each frame."""

from django.utils import timezone

from config.errors import Forbidden, NotSignedIn
from connect import tokens
from connect.enums import UserStatus
from connect.models import DeviceSession, User
from safety.unit import Caller


class SessionGate:
    """An access token is as good as its device session and its account are right now."""

    def identify(self, token: str, address: str) -> Caller:
        return tokens.read_access(token, address)

    def admit(self, caller: Caller, *, restricted: bool) -> User:
        if caller.session_id is None:
            raise NotSignedIn()
        sessions = DeviceSession.objects.live(timezone.now()).filter(user=caller.user_id)
        session = sessions.select_related("user").filter(id=caller.session_id).first()
        if session is None or session.user.status == UserStatus.DELETED:
            raise NotSignedIn("This session has ended.", code="session_ended")
        if session.user.status != UserStatus.ACTIVE and not restricted:
            raise Forbidden("Your account is restricted.", code="account_restricted")
        return session.user


gate = SessionGate()
