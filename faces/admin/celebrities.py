"""The famous: looked at, put in many at once, corrected, given another picture, taken out."""

from collections import Counter
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from config import clock
from config.admin import ModelAdmin, reported, staff_id
from config.errors import Invalid
from connect import pictures
from faces.admin import thumbnails
from faces.admin.forms import CelebrityForm, ImportForm, ReplaceForm
from faces.analyzers import AnalyzerUnavailable
from faces.models import Celebrity
from faces.services import celebrities, celebrity_imports
from faces.services.celebrities import About
from faces.services.celebrity_imports import ABOUT, Outcome

NAME = "faces_celebrity"


@admin.register(Celebrity)
class CelebrityAdmin(ModelAdmin):
    """Whoever may add them imports; whoever may change them says who they are and replaces their picture."""

    form = CelebrityForm
    fields = (*ABOUT, "picture", "quality_score", "analyzer", "analyzed_at", "id", "created_at", "updated_at")
    readonly_fields: ClassVar = (
        "picture",
        "quality_score",
        "analyzer",
        "analyzed_at",
        "id",
        "created_at",
        "updated_at",
    )
    list_display = ("thumbnail", "name", "category", "gender", "quality", "analyzer", "created_at")
    list_display_links = ("thumbnail", "name")
    list_filter = ("category", "gender", "analyzer")
    list_before_template = "faces/import_link.html"
    change_form_outer_after_template = "faces/replace.html"
    search_fields = ("name__icontains",)
    search_help_text = "A whole id, or a part of the name"
    hidden = ("file_key", "embedding", "landmarks_68")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("faces.change_celebrity")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("faces.delete_celebrity")

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("faces.add_celebrity")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return None

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path("import/", guarded(self.bring_in), name=f"{NAME}_import"),
            path("replace/", guarded(self.replace), name=f"{NAME}_replace"),
            path("<uuid:pk>/<slug:size>.jpg", guarded(self.show_picture), name=f"{NAME}_picture"),
            *super().get_urls(),
        ]

    def show_picture(self, request: HttpRequest, pk: UUID, size: str) -> HttpResponse:
        """Nobody's secret, and so on no record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return thumbnails.shown(self._found(pk), size)

    def bring_in(self, request: HttpRequest) -> HttpResponse:
        """A form, and once it is sent what became of each."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
        outcomes = self._outcomes(request, form) if form.is_valid() else []
        shown: dict[str, Any] = {"form": form, "table": outcomes and _table(outcomes), "counts": _counts(outcomes)}
        limits = {"most": settings.CELEBRITY_IMPORT_MOST, "megabytes": settings.CELEBRITY_IMPORT_BYTES // 2**20}
        context = {**self.admin_site.each_context(request), "opts": self.model._meta, "title": "Import"}
        return TemplateResponse(request, "faces/import.html", context | shown | limits)

    def replace(self, request: HttpRequest) -> HttpResponse:
        """Another picture for somebody. Its path is one for all, since files are taken on known paths alone."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = ReplaceForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.warning(request, "Choose a picture of at most 12 MB.")
            return redirect(f"admin:{NAME}_changelist")
        celebrity = self._found(form.cleaned_data["celebrity"])
        with reported(self, request, celebrity):
            examined = celebrities.examine(pictures.read(form.cleaned_data["picture"]))
            celebrities.replace(celebrity_id=celebrity.id, examined=examined, by=staff_id(request), now=clock.now())
        return redirect(f"admin:{NAME}_change", celebrity.id)

    def save_model(self, request: HttpRequest, obj: Celebrity, form: Any, change: bool) -> None:
        about = About(**{name: form.cleaned_data[name] for name in ABOUT})
        celebrities.change(celebrity_id=obj.id, about=about, by=staff_id(request), now=clock.now())

    def delete_model(self, request: HttpRequest, obj: Celebrity) -> None:
        celebrities.delete(celebrity_id=obj.id, by=staff_id(request), now=clock.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Celebrity]) -> None:
        for celebrity in queryset:
            self.delete_model(request, celebrity)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Whom they were found like goes with them, and is no table anybody deletes from by hand."""
        return [str(celebrity) for celebrity in objs], {"celebrities": len(objs)}, set(), []

    @display(description="Picture")
    def thumbnail(self, celebrity: Celebrity) -> SafeString:
        return thumbnails.image(_address(celebrity, "small"), celebrity.name)

    @display(description="Picture")
    def picture(self, celebrity: Celebrity) -> SafeString:
        return thumbnails.image(_address(celebrity, "large"), celebrity.name, "16rem")

    @display(description="Quality", ordering="quality_score")
    def quality(self, celebrity: Celebrity) -> str:
        return "-" if celebrity.quality_score is None else f"{celebrity.quality_score:.0%}"

    def _outcomes(self, request: HttpRequest, form: ImportForm) -> list[Outcome]:
        """None, and a message, where not even the first could be looked at."""
        most = settings.CELEBRITY_IMPORT_MOST
        try:
            files = form.bundle()
            return list(celebrity_imports.bring_in(files, by=staff_id(request), now=clock.now(), most=most))
        except (Invalid, AnalyzerUnavailable) as exc:
            self.message_user(request, str(exc), messages.ERROR)
            return []

    def _found(self, pk: UUID) -> Celebrity:
        celebrity = Celebrity.objects.filter(pk=pk).first()
        if celebrity is None:
            raise Http404
        return celebrity


def _address(celebrity: Celebrity, size: str) -> str:
    return reverse(f"admin:{NAME}_picture", args=[celebrity.pk, size])


def _table(outcomes: list[Outcome]) -> dict[str, Any]:
    """As unfold's table component takes it."""
    rows = [(outcome.result, outcome.name, outcome.place, outcome.reason or "-") for outcome in outcomes]
    return {"headers": ["Outcome", "Name", "Where", "Why"], "rows": rows}


def _counts(outcomes: list[Outcome]) -> list[tuple[str, int]]:
    found = Counter(outcome.result for outcome in outcomes)
    results = (celebrity_imports.ADDED, celebrity_imports.KNOWN, celebrity_imports.REFUSED)
    return [(result.capitalize(), found[result]) for result in results] if outcomes else []
