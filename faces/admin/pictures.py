"""The gallery of faces, and the page on which it is said whose face a picture shows."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display

from config import clock
from config.admin import reported, staff_id
from connect.models import Photo
from faces.admin import thumbnails
from faces.enums import FaceStatus, Verdict
from faces.models import Face
from faces.services import verdicts
from safety.admin.forms import Confirmed
from safety.admin.pages import CasePages
from safety.services import audit, oversight

COLOURS = {Verdict.OPEN: "warning", Verdict.VERIFIED: "success", Verdict.REJECTED: "danger"}
BUTTONS = [(Verdict.VERIFIED, "Verify", "primary"), (Verdict.REJECTED, "Reject", "danger")]
BESIDE = 3
"""Profile photos that the gallery shows beside a face; its page shows all."""


class VerdictForm(Confirmed):
    """Whether a face is its uploader's own; the button says which way."""

    verdict = forms.ChoiceField(choices=[(value, value) for value, *_ in BUTTONS], widget=forms.HiddenInput)


class VerdictFilter(admin.SimpleListFilter):
    """Which part of the gallery; what nobody has judged yet unless asked otherwise."""

    title = "verdict"
    parameter_name = "gallery"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("verified", "Verified"), ("rejected", "Rejected"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "To be judged"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Face]) -> QuerySet[Face]:
        chosen = self.value() or Verdict.OPEN
        return queryset if chosen == "all" else queryset.filter(verdict=chosen)


@admin.register(Face)
class FaceAdmin(CasePages):
    """Pictures of faces with the profile photos of whoever uploaded them; each look at one is on record."""

    list_display = ("picture", "photos_beside", "uploaded", "user", "seen", "quality", "verdict_shown", "analyzer")
    list_filter = (VerdictFilter, "status", "judged_by")
    list_select_related = ("user",)
    list_per_page = 20
    ordering = ("-created_at", "-id")
    hidden = ("file_key", "embedding", "landmarks_68")
    parties = ("user",)
    page_template = "faces/face.html"
    step_names: ClassVar = ("decide",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        photos = Photo.objects.only("id", "user_id", "position").order_by("position")
        return super().get_queryset(request).prefetch_related(Prefetch("user__photos", queryset=photos))

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("<uuid:pk>/<slug:size>.jpg", guarded(self.show_picture), name="faces_face_picture"),
            path("<uuid:pk>/photos/<uuid:photo_id>/<slug:size>.jpg", guarded(self.show_photo), name="faces_face_photo"),
            *super().get_urls(),
        ]

    def show_picture(self, request: HttpRequest, pk: UUID, size: str) -> HttpResponse:
        face = self._visible(request, pk)
        return _on_record(request, face, size)

    def show_photo(self, request: HttpRequest, pk: UUID, photo_id: UUID, size: str) -> HttpResponse:
        """A profile photo of whoever uploaded the face, and nobody else's."""
        face = self._visible(request, pk)
        photo = Photo.objects.filter(id=photo_id, user=face.user_id).first()
        if photo is None:
            raise Http404
        return _on_record(request, photo, size)

    def decide(self, request: HttpRequest, found: Face) -> HttpResponse:
        form = VerdictForm(request.POST)
        if not form.is_valid():
            return self.show(request, found, form=form)
        verified = form.cleaned_data["verdict"] == Verdict.VERIFIED
        with reported(self, request, found):
            verdicts.decide(face_id=found.id, verified=verified, by=staff_id(request), now=clock.now())
        return self.back(found)

    def context(self, request: HttpRequest, found: Face) -> dict[str, Any]:
        about: list[Photo] = list(found.user.photos.all())
        return {
            "picture": thumbnails.image(_address("picture", found, "large"), "The face", "24rem"),
            "photos": [_photo(found, photo, "large", "12rem") for photo in about],
            "form": VerdictForm(),
            "buttons": [button for button in BUTTONS if _makes_sense(found, button[0])],
            "colour": COLOURS[Verdict(found.verdict)],
            "colleague": oversight.is_colleague(about=found.user_id, by=staff_id(request)),
        }

    @display(description="Face")
    def picture(self, face: Face) -> SafeString:
        return thumbnails.image(_address("picture", face, "small"), "The face")

    @display(description="Profile photos")
    def photos_beside(self, face: Face) -> SafeString | str:
        photos = list(face.user.photos.all())[:BESIDE]
        images = format_html_join("", "{}", ((_photo(face, photo, "small", "5rem"),) for photo in photos))
        return format_html('<div style="display: flex; gap: 4px">{}</div>', images) if photos else "none"

    @display(description="Uploaded", ordering="created_at")
    def uploaded(self, face: Face) -> str:
        return f"{timesince(face.created_at, clock.now(), depth=1)} ago"

    @display(description="Seen", label={FaceStatus.ANALYZED: "success", FaceStatus.NO_FACE: "danger"})
    def seen(self, face: Face) -> tuple[str, str]:
        return face.status, face.get_status_display()

    @display(description="Quality", ordering="quality_score")
    def quality(self, face: Face) -> str:
        return "-" if face.quality_score is None else f"{face.quality_score:.0%}"

    @display(description="Verdict", label=COLOURS)
    def verdict_shown(self, face: Face) -> tuple[str, str]:
        return face.verdict, face.get_verdict_display()

    def _visible(self, request: HttpRequest, pk: UUID) -> Face:
        """Not one's own. Raises Http404 and PermissionDenied."""
        face: Any = self.get_object(request, str(pk))
        if face is None:
            raise Http404
        if not self.has_view_permission(request, face):
            raise PermissionDenied
        found: Face = face
        return found


def _on_record(request: HttpRequest, row: Face | Photo, size: str) -> HttpResponse:
    answer = thumbnails.shown(row, size)
    entity = row._meta.db_table
    audit.record(action="picture_viewed", actor=staff_id(request), entity=entity, entity_id=row.id, size=size)
    return answer


def _makes_sense(face: Face, verdict: Verdict) -> bool:
    decided = face.verdict == Verdict.REJECTED or face.status == FaceStatus.ANALYZED
    return face.verdict != verdict and (verdict == Verdict.REJECTED or decided)


def _address(page: str, face: Face, *names: Any) -> str:
    return reverse(f"admin:faces_face_{page}", args=[face.id, *names])


def _photo(face: Face, photo: Photo, size: str, height: str) -> SafeString:
    return thumbnails.image(_address("photo", face, photo.id, size), f"Photo {photo.position}", height)
