"""Who may come in: the gate that `safety.unit` asks on each call and each frame."""

from config import clock
from config.errors import Forbidden, NotSignedIn
from config.prepared import Prepared
from connect import tokens
from connect.enums import UserStatus
from connect.models import DeviceSession, User
from safety.enums import FOREVER
from safety.unit import Caller

# Asked on every call and every frame.
_LIVE_SESSION = Prepared(
    lambda session, user, now: DeviceSession.objects.live(now).filter(id=session, user=user).select_related("user")
)


class SessionGate:
    """An access token is as good as its device session and its account are right now."""

    def identify(self, token: str, address: str) -> Caller:
        return tokens.read_access(token, address)

    def admit(self, caller: Caller, *, restricted: bool, suspended: bool) -> User:
        if caller.session_id is None:
            raise NotSignedIn()
        now = clock.now()
        session = _LIVE_SESSION.first(session=caller.session_id, user=caller.user_id, now=now)
        if session is None or session.user.status == UserStatus.DELETED:
            raise NotSignedIn("This session has ended.", code="session_ended")
        if session.user.is_suspended(now) and not suspended:
            raise _kept_out(session.user)
        if session.user.status != UserStatus.ACTIVE and not restricted:
            raise _refusal(session.user)
        return session.user


def _kept_out(user: User) -> Forbidden:
    """`until` is null for a ban."""
    end = user.suspended_until
    until = end.isoformat() if end and end != FOREVER else None
    return Forbidden("Your account is suspended.", code="account_suspended", until=until)


def _refusal(user: User) -> Forbidden:
    if user.status == UserStatus.DELETION_PENDING:
        return Forbidden("Your account is being deleted. Restore it first.", code="deletion_pending")
    return Forbidden("Your account is restricted.", code="account_restricted")


gate = SessionGate()
