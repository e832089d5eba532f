"""The admin site, and what every page of it shares."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, update_wrapper
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import display
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django_otp import devices_for_user, user_has_device
from django_otp.forms import OTPAuthenticationFormMixin
from django_otp.plugins.otp_static.models import StaticDevice
from unfold import admin as unfold
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config import clock, own_rows, second_factor
from config.errors import DomainError, TooFast, Unavailable
from config.lookups import DeclaredLookups
from config.own_rows import any_of
from safety import attempts
from safety.attempts import Attempt
from safety.models import AuditLog
from safety.schema import StateMachine

# connect.enums.UserStatus.ACTIVE, which is out of reach here: the lowest app's pages build on this module.
IN_GOOD_STANDING = "active"
TOKEN_DIGITS = 6
COUNTED_EXACTLY = 10_000
HISTORY_SHOWN = 100
OWN_NOT_SHOWN = "What concerns yourself is not shown"


class LoginForm(OTPAuthenticationFormMixin, AuthenticationForm):
    """E-mail and password; whoever has confirmed a second factor also shows its token."""

    otp_token = forms.CharField(
        required=False,
        label="Token or recovery code (if you have set up a second factor)",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    otp_device = forms.CharField(required=False, label="Device", widget=UnfoldAdminSelectWidget)

    def clean(self) -> dict[str, Any]:
        attempt = self._count_attempt()
        super().clean()
        user = self.get_user()
        if user is not None and user_has_device(user):
            self.clean_otp(user)
        attempt.succeeded()
        return self.cleaned_data

    def _count_attempt(self) -> Attempt:
        """Before anything is looked at, password or token, so that what is typed too often is never compared."""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        try:
            return attempts.count("admin", name=self.cleaned_data.get("username", ""), address=address)
        except TooFast as exc:
            minutes = math.ceil(exc.retry_after / 60)
            message = f"Too many attempts to sign in. Try again in {minutes} min."
            raise ValidationError(message, code=exc.code) from exc
        except Unavailable as exc:
            raise ValidationError(exc.message, code=exc.code) from exc

    def _chosen_device(self, user: Any) -> Any:
        """The one named; else the one that such a token can be of. With several, a guess would count against all."""
        chosen = super()._chosen_device(user)
        is_recovery = len(self.cleaned_data.get("otp_token", "")) != TOKEN_DIGITS
        fitting = [device for device in devices_for_user(user) if isinstance(device, StaticDevice) is is_recovery]
        return chosen or (fitting[0] if len(fitting) == 1 else None)

    @staticmethod
    def device_choices(user: Any) -> list[tuple[str, str]]:
        return [(device.persistent_id, device.name) for device in devices_for_user(user)]


class Site(UnfoldAdminSite):
    site_title = site_header = "MaiTribe Connect"
    index_title = "Operations"
    site_url = None  # there is no site beside the API
    login_form = LoginForm
    login_template = "admin/otp_login.html"
    index_template = "admin/desk.html"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold would take the titles from a setting of its own."""
        return super().each_context(request) | {"site_title": self.site_title, "site_header": self.site_header}

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff in good standing; whoever has, or has to have, a second factor must have shown it in this session."""
        user: Any = request.user
        if not self._knows(request):
            return False
        return user.is_verified() or not (settings.STAFF_OTP_REQUIRED or user_has_device(user))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page of the site; whoever still has to set up a second factor is sent to do so, or may leave."""
        guarded = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request) and self._may_set_up(request):
                leaving = request.path == reverse("admin:logout")
                return view(request, *args, **kwargs) if leaving else redirect("admin:second_factor")
            return guarded(request, *args, **kwargs)

        return update_wrapper(answer, guarded)

    def get_urls(self) -> list[Any]:
        own = path("second-factor/", never_cache(self.second_factor), name="second_factor")
        # The way from a row to its place on the site would look for one, and there is none.
        return [own, *(page for page in super().get_urls() if getattr(page, "name", "") != "view_on_site")]

    def second_factor(self, request: HttpRequest) -> HttpResponseBase:
        """One's own second factor. Having one, one has to have shown it."""
        if not self._may_set_up(request) and not self.has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return second_factor.page(request, self.each_context(request))

    def _knows(self, request: HttpRequest) -> bool:
        user: Any = request.user
        if not super().has_permission(request):
            return False
        return bool(user.status == IN_GOOD_STANDING) and not user.is_suspended(clock.now())

    def _may_set_up(self, request: HttpRequest) -> bool:
        return self._knows(request) and not user_has_device(request.user)


class EstimatedPaginator(Paginator):
    """Counts to a bound; a whole table beyond it by PostgreSQL's own estimate, which costs nothing.

    `always` is how many conditions stand on a list that nobody has searched or filtered.
    """

    object_list: QuerySet[Any]
    always = 0

    @cached_property
    def count(self) -> int:
        asked = len(self.object_list.query.where.children) > self.always
        if not asked and (estimate := self._estimate()) > COUNTED_EXACTLY:
            return estimate
        return self.object_list.order_by()[: COUNTED_EXACTLY + 1].count()

    def _estimate(self) -> int:
        with connection.cursor() as cursor:
            table = self.object_list.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
            return cursor.fetchone()[0]


class ModelAdmin(DeclaredLookups, unfold.ModelAdmin):
    """A table that staff may search and read; nothing is added, changed or deleted but by an action.

    A search term is a whole id (of the row, or of what it refers to), the e-mail of a person the row is about,
    or else looked up in `search_fields`; each way uses an index. `hidden` columns are not even read from the
    database. Whatever runs through states shows its history.

    `parties` leads from a row to the people whose affair it is, and `subject_ids` holds, without a foreign key, what
    it is about: staff, superusers too, neither list nor open what is an affair of their own.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    parties: ClassVar[tuple[str, ...]] = ()
    subject_ids: ClassVar[tuple[str, ...]] = ()
    more_ids: ClassVar[tuple[str, ...]] = ()
    search_fields: ClassVar[tuple[str, ...]] = ("id",)
    search_help_text = "A whole id, or a person's e-mail address"
    ordering: ClassVar[tuple[str, ...]] = ("-id",)
    paginator = EstimatedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    readonly_fields: ClassVar[tuple[str, ...]] = ("id", "created_at")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if self.parties or self.subject_ids:
            self.search_help_text = f"{self.search_help_text}. {OWN_NOT_SHOWN}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return own_rows.without(super().get_queryset(request), self, staff_id(request)).defer(*self.hidden)

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        """What was chosen may be no id at all, where somebody wrote the form."""
        try:
            return super().response_action(request, queryset)
        except ValidationError:
            self.message_user(request, "That is nothing of this list.", messages.ERROR)
            return redirect(request.get_full_path())

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        paginator = super().get_paginator(request, *args, **kwargs)
        paginator.always = len(self.get_queryset(request).query.where.children)
        return paginator

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
            return any_of(["id", *(f.attname for f in referring), *self.subject_ids, *self.more_ids], UUID(term))
        except ValueError:
            found = any_of(text, term.lower())
        about = [f.attname for f in referring if f.related_model is person]
        if "@" in term and about:
            known = person._default_manager.filter(email=term.lower()).values_list("pk", flat=True).first()
            found |= any_of(about, known) if known else Q(pk__in=[])
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
