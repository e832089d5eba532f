"""Which of the languages we offer a person reads; the words stand in each app's `locale/`."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


def accepted(header: str) -> str | None:
    """The language of ours that an Accept-Language header likes best; None where it names none, or no language."""
    liked = (code for code, share in parse_accept_lang_header(header.lower()) if share > 0)
    return next(filter(None, map(_ours, liked)), None)


def spoken(codes: Iterable[str]) -> str:
    """The first language of a person that is one of ours, else the one that everything is written in."""
    return next(filter(None, map(_ours, codes)), settings.LANGUAGE_CODE)


def _ours(code: str) -> str | None:
    """`de-at` -> `de`."""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return None
