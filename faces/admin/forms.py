"""What staff fill in about the famous."""

from typing import Any

from django import forms
from django.conf import settings
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from faces.bundles import Archive, Bundle, Sent
from faces.models import Celebrity


class CelebrityForm(forms.ModelForm):
    """Who somebody is."""

    class Meta:
        model = Celebrity
        fields = ("name", "bio", "category", "gender")
        widgets = {"bio": UnfoldAdminTextareaWidget(attrs={"rows": 4})}


class SeveralFiles(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """A list of them, each cleaned as Django cleans one."""
        given = [file for file in data or () if file] if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFilesField, self).clean(file, initial) for file in given]


class ImportForm(forms.Form):
    """A ZIP, or a table with the pictures it names, or pictures alone that are named after whom they show."""

    archive = forms.FileField(
        required=False,
        label="A ZIP",
        help_text="A CSV and its pictures, or pictures named after whom they show, in folders named after categories.",
        widget=UnfoldAdminFileFieldWidget,
    )
    pictures = SeveralFilesField(
        required=False,
        label="Or the files themselves",
        help_text="A CSV with the columns name, image, bio, category and gender, and the pictures; or pictures alone.",
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("archive")) == bool(given.get("pictures")):
            raise forms.ValidationError("Send a ZIP, or else the files themselves.")
        return given

    def bundle(self) -> Bundle:
        """The files of a form that is valid. Raises Invalid (archive_broken)."""
        archive = self.cleaned_data["archive"]
        return Archive(archive) if archive else Sent(self.cleaned_data["pictures"])


class ReplaceForm(forms.Form):
    """Another picture for somebody."""

    celebrity = forms.UUIDField()
    picture = forms.FileField()

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture.size > settings.PICTURE_BYTES:
            raise forms.ValidationError("This is too large.")
        return picture
