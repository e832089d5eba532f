"""The second factor of staff: set up with an authenticator app, with codes for when that is lost."""

from base64 import b32encode
from io import BytesIO
from textwrap import wrap
from typing import Any
from uuid import UUID

import qrcode
from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django_otp import login as show_factor
from django_otp import user_has_device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key
from qrcode.image.svg import SvgPathImage
from unfold.widgets import UnfoldAdminTextInputWidget

from config.errors import DomainError
from safety import attempts
from safety.attempts import Attempt
from safety.services import audit

APP, RECOVERY = "authenticator", "recovery codes"
RECOVERY_CODES = 10
REPLACE = "replace"
TEMPLATE = "admin/second_factor.html"


class TokenForm(forms.Form):
    token = forms.RegexField(
        r"^[0-9]{6}$",
        label="The six digits that the app shows now",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Set up a factor, or, for who has shown theirs, another one or new recovery codes. The site has let them in."""
    if user_has_device(request.user) and REPLACE not in request.GET:
        return _renew(request, context)
    return _set_up(request, context)


def begin(user: Any) -> TOTPDevice:
    """The device to set up, with a secret made now: one that somebody saw before is of no use to them."""
    _lock(user)
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name=APP, key=default_key(), confirmed=False)


def confirm(user: Any, token: str) -> TOTPDevice | None:
    """The only device in force, if the token is of the one that was begun; counted by its own throttle too."""
    _lock(user)
    device = TOTPDevice.objects.filter(user=user, name=APP, confirmed=False).first()
    if device is None or not device.verify_token(token):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    _record(user, "second_factor_confirmed")
    return device


def renew_codes(user: Any) -> list[str]:
    """Fresh recovery codes, each good once; those from before are good no more."""
    _lock(user)
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=RECOVERY, confirmed=True)
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    _record(user, "recovery_codes_renewed")
    return codes


def remove(user: Any, by: UUID) -> None:
    """Take a person's factor away, recovery codes too, so that they set up another."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=user).delete()
    audit.record(action="second_factor_removed", actor=by, entity="connect_user", entity_id=user.pk)


def drawn(address: str) -> SafeString:
    """A set-up address as a QR code: SVG to stand in the page, so that nothing is asked of anybody else."""
    image, out = qrcode.make(address, image_factory=SvgPathImage), BytesIO()
    image.save(out)
    return SafeString(out.getvalue().decode().partition("?>")[2])


def written(device: TOTPDevice) -> str:
    """The secret as an app takes it by hand, in groups of four."""
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(wrap(secret, 4))


def _set_up(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    user: Any = request.user
    form = TokenForm(request.POST or None)
    if request.method != "POST":
        return _show(request, context, form=form, device=begin(user))
    if form.is_valid() and (attempt := _attempt(request, form)):
        device = confirm(user, form.cleaned_data["token"])
        if device:
            attempt.succeeded()
            show_factor(request, device)
            request.session.cycle_key()
            return _show(request, context, codes=renew_codes(user))
        form.add_error("token", "This is not what the app should show. Has its clock the right time?")
    begun = TOTPDevice.objects.filter(user=user, name=APP, confirmed=False).first()
    return _show(request, context, form=form, device=begun or begin(user))


def _renew(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":
        return _show(request, context, codes=renew_codes(request.user))
    return _show(request, context, left=StaticToken.objects.filter(device__user=request.user).count())


def _show(request: HttpRequest, context: dict[str, Any], **more: Any) -> HttpResponse:
    device: TOTPDevice | None = more.get("device")
    if device:
        more |= {"picture": drawn(device.config_url), "secret": written(device)}
    return render(request, TEMPLATE, {**context, "title": "Second factor", **more})


def _attempt(request: HttpRequest, form: TokenForm) -> Attempt | None:
    """None, and the form says why, when there were too many."""
    user: Any = request.user
    try:
        return attempts.count("admin", name=user.email, address=request.META.get("REMOTE_ADDR", ""))
    except DomainError as exc:
        form.add_error("token", exc.message)
        return None


def _lock(user: Any) -> None:
    """One page at a time for one person."""
    get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user.pk)


def _record(user: Any, action: str) -> None:
    who: UUID = user.pk
    audit.record(action=action, actor=who, entity="connect_user", entity_id=who)
