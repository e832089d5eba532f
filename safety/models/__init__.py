from safety.models.action import ModerationAction
from safety.models.appeal import Appeal
from safety.models.audit import AuditLog
from safety.models.block import Block, BlockedIdentity, apart
from safety.models.flag import SafetyFlag
from safety.models.idempotency import IdempotencyKey
from safety.models.report import Report
from safety.models.rule import ModerationRule
from safety.models.standing import StandingIdentity
from safety.models.trace import TextTrace
from safety.models.trust import TrustScore, TrustScoreEvent

__all__ = [
    "Appeal",
    "AuditLog",
    "Block",
    "BlockedIdentity",
    "IdempotencyKey",
    "ModerationAction",
    "ModerationRule",
    "Report",
    "SafetyFlag",
    "StandingIdentity",
    "TextTrace",
    "TrustScore",
    "TrustScoreEvent",
    "apart",
]
