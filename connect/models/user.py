from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from config.db import Record
from connect.enums import CONNECTIONS_BY_TIER, USER_TRANSITIONS, Provider, Tier, UserStatus
from safety.schema import Ceiling, RowSecurity, StateMachine, owner


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Record, AbstractBaseUser, PermissionsMixin):
    """An account: how a person signs in and what standing they have. Who they are stands in Profile.

    `tier` is a cache that only billing writes, `active_connection_count` one that only matching's capacity writes: how
    many connections of discovery stand, also archived. Suspension and ban are moderation actions, not statuses;
    `suspended_until` caches until when they keep the person out, and only `services.standing` writes it.
    """

    email = models.EmailField(null=True, blank=True, unique=True)
    phone = models.CharField(max_length=16, null=True, blank=True, unique=True)
    status = models.CharField(max_length=20, choices=UserStatus, default=UserStatus.ACTIVE)
    tier = models.CharField(max_length=4, choices=Tier, default=Tier.FREE)
    timezone = models.CharField(max_length=64, default="UTC")
    suspended_until = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True, db_index=True)
    active_connection_count = models.PositiveSmallIntegerField(default=0)
    last_global_refresh_at = models.DateTimeField(null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lowercase"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False) | Q(status=UserStatus.DELETED),
                name="user_reachable",
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
                name="user_phone_e164",
            ),
            StateMachine(
                name="user_status",
                field="status",
                transitions=USER_TRANSITIONS,
                initial=[UserStatus.ACTIVE],
            ),
            Ceiling(name="user_capacity", field="active_connection_count", by="tier", limits=CONNECTIONS_BY_TIER),
            RowSecurity(name="user_rls", select=owner("id")),
        ]
        indexes = [
            models.Index(fields=["is_staff"], condition=Q(is_staff=True), name="user_staff_idx"),
            models.Index(
                fields=["suspended_until"], condition=Q(suspended_until__isnull=False), name="user_suspended_idx"
            ),
        ]

    def __str__(self) -> str:
        """Without name or address: it stands beside what others did, on pages of those who may not see either."""
        return str(self.id)

    def is_suspended(self, now: datetime) -> bool:
        return self.suspended_until is not None and self.suspended_until > now

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's name for "may sign in"."""
        return self.status in {UserStatus.ACTIVE, UserStatus.RESTRICTED, UserStatus.DELETION_PENDING}


class AuthIdentity(Record):
    """A way to sign in that belongs to an account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=10, choices=Provider)
    provider_subject = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "auth identities"
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_subject"], name="identity_subject"),
            RowSecurity(name="identity_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return self.provider
