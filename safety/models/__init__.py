from safety.models.audit import AuditLog
from safety.models.block import Block, BlockedIdentity, apart
from safety.models.idempotency import IdempotencyKey
from safety.models.report import Report

__all__ = ["AuditLog", "Block", "BlockedIdentity", "IdempotencyKey", "Report", "apart"]
