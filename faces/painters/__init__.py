"""Who paints pictures of babies: the embedded morph, and models of FAL."""

from django.conf import settings
from django.utils.module_loading import import_string

from faces.enums import PainterName
from faces.painters.base import Painter

BACKENDS = {
    PainterName.MORPH: "faces.painters.morph.Morph",
    PainterName.FAL: "faces.painters.fal.Fal",
}


def chosen() -> PainterName:
    """The one that the setting BABY_PAINTER names."""
    return PainterName(settings.BABY_PAINTER)


def by_name(name: PainterName) -> Painter:
    made: Painter = import_string(BACKENDS[name])()
    return made
