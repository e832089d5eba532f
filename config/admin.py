"""The admin site, and what every page of it shares."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, reduce
from operator import or_
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_otp import devices_for_user, user_has_device
from django_otp.forms import OTPAuthenticationFormMixin
from unfold import admin as unfold
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.errors import DomainError, TooFast, Unavailable
from safety import attempts
from safety.models import AuditLog
from safety.schema import StateMachine

# connect.enums.UserStatus.ACTIVE, which is out of reach here: the lowest app's pages build on this module.
IN_GOOD_STANDING = "active"
COUNTED_EXACTLY = 10_000
HISTORY_SHOWN = 100


class LoginForm(OTPAuthenticationFormMixin, AuthenticationForm):
    """E-mail and password; whoever has confirmed a second factor also shows its token."""

    otp_token = forms.CharField(
        required=False,
        label="Token (if you have set up a second factor)",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    otp_device = forms.CharField(required=False, label="Device", widget=UnfoldAdminSelectWidget)

    def clean(self) -> dict[str, Any]:
        self._limit_attempts()
        super().clean()
        user = self.get_user()
        if user is not None and user_has_device(user):
            self.clean_otp(user)
        return self.cleaned_data

    def _limit_attempts(self) -> None:
        """Before anything is looked at, password or token, so that what is typed too often is never compared."""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        try:
            attempts.count("admin", name=self.cleaned_data.get("username", ""), address=address)
        except TooFast as exc:
            minutes = math.ceil(exc.retry_after / 60)
            message = f"Too many attempts to sign in. Try again in {minutes} min."
            raise ValidationError(message, code=exc.code) from exc
        except Unavailable as exc:
            raise ValidationError(exc.message, code=exc.code) from exc

    def _chosen_device(self, user: Any) -> Any:
        """The one named; of a person with one, that one. With several, each guess would count against all."""
        chosen = super()._chosen_device(user)
        confirmed = [] if chosen else list(devices_for_user(user))
        return confirmed[0] if len(confirmed) == 1 else chosen

    @staticmethod
    def device_choices(user: Any) -> list[tuple[str, str]]:
        return [(device.persistent_id, device.name) for device in devices_for_user(user)]


class Site(UnfoldAdminSite):
    site_title = site_header = "MaiTribe Connect"
    index_title = "Operations"
    site_url = None  # there is no site beside the API
    login_form = LoginForm
    login_template = "admin/otp_login.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold would take the titles from a setting of its own."""
        return super().each_context(request) | {"site_title": self.site_title, "site_header": self.site_header}

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff in good standing; whoever has set up a second factor must have shown it in this session."""
        user: Any = request.user
        if not super().has_permission(request) or user.status != IN_GOOD_STANDING:
            return False
        return user.is_verified() or not user_has_device(user)


class EstimatedPaginator(Paginator):
    """Counts to a bound; a whole table beyond it by PostgreSQL's own estimate, which costs nothing."""

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        if not self.object_list.query.where and (estimate := self._estimate()) > COUNTED_EXACTLY:
            return estimate
        return self.object_list.order_by()[: COUNTED_EXACTLY + 1].count()

    def _estimate(self) -> int:
        with connection.cursor() as cursor:
            table = self.object_list.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
            return cursor.fetchone()[0]


class ModelAdmin(unfold.ModelAdmin):
    """A table that staff may search and read; nothing is added, changed or deleted but by an action.

    A search term is a whole id (of the row, or of what it refers to), the e-mail of a person the row is about,
    or else looked up in `search_fields`; each way uses an index. `hidden` columns are not even read from the
    database. Whatever runs through states shows its history.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    more_ids: ClassVar[tuple[str, ...]] = ()
    search_fields: ClassVar[tuple[str, ...]] = ("id",)
    search_help_text = "A whole id, or a person's e-mail address"
    ordering = ("-id",)
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    readonly_fields: ClassVar[tuple[str, ...]] = ("id", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer(*self.hidden)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.hidden

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        has_states = any(isinstance(c, StateMachine) for c in self.model._meta.constraints)
        return (
            *super().get_readonly_fields(request, obj),
            *(("state_history",) if has_states and obj else ()),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(self._matching(term)) if term else queryset), False

    def _matching(self, term: str) -> Q:
        person = get_user_model()
        referring = [f for f in self.model._meta.concrete_fields if f.is_relation]
        text = [name for name in self.search_fields if name != "id"]
        try:
            return _any(["id", *(f.attname for f in referring), *self.more_ids], UUID(term))
        except ValueError:
            found = _any(text, term.lower())
        about = [f.attname for f in referring if f.related_model is person]
        if "@" in term and about:
            known = person._default_manager.filter(email=term.lower()).values_list("pk", flat=True).first()
            found |= _any(about, known) if known else Q(pk__in=[])
        return found or Q(pk__in=[])

    @display(description="State history")
    def state_history(self, obj: models.Model) -> SafeString:
        entries = AuditLog.objects.filter(entity=obj._meta.db_table, entity_id=obj.pk).order_by("created_at", "id")
        lines = [
            (f"{entry.created_at:%Y-%m-%d %H:%M:%S}", told(entry), entry.actor_id or "the system")
            for entry in entries[:HISTORY_SHOWN]
        ]
        items = format_html_join("", "<li><time>{}</time> {} by {}</li>", lines)
        return format_html('<ol class="state-history">{}</ol>', items)


def staff_id(request: HttpRequest) -> UUID:
    """Who acts; the site has let them in."""
    user: Any = request.user
    found: UUID = user.pk
    return found


def told(entry: AuditLog) -> str:
    """An audit entry in words."""
    data = entry.data
    if entry.action == "transition":
        return f"{data['field']}: {data['from'] or '(new)'} → {data['to']}"
    reason = f" ({data['reason']})" if data.get("reason") else ""
    return f"{entry.action}{reason}"


def _any(lookups: Iterable[str], value: Any) -> Q:
    return reduce(or_, (Q(**{lookup: value}) for lookup in lookups), Q())


@contextmanager
def reported(model_admin: ModelAdmin, request: HttpRequest, obj: Any) -> Iterator[None]:
    """Tell staff how an action on one row went: a refusal is a message and undoes that row alone."""
    try:
        with transaction.atomic():
            yield
    except DomainError as exc:
        model_admin.message_user(request, f"{obj}: {exc.message}", messages.WARNING)
    else:
        model_admin.message_user(request, f"{obj}: done.", messages.SUCCESS)
