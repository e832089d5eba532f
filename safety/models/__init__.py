from safety.models.audit import AuditLog
from safety.models.block import Block
from safety.models.idempotency import IdempotencyKey
from safety.models.report import Report

__all__ = ["AuditLog", "Block", "IdempotencyKey", "Report"]
