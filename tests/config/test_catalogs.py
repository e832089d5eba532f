"""The translations that are committed are those of the code, complete, and compiled."""

import gettext

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from config import catalogs


def test_there_is_a_catalog_for_every_language_of_every_app_that_has_any():
    found = {(renewed.path.parts[-5], renewed.path.parts[-3]) for renewed in catalogs.renew()}
    others = [code for code, _ in configured.LANGUAGES if code != configured.LANGUAGE_CODE]
    assert found == {(app, code) for app in ("connect", "faces", "matching", "streaks") for code in others}


def test_what_is_committed_is_what_the_code_says_and_compiled():
    call_command("catalogs", check=True)


@pytest.fixture
def app(settings, tmp_path):
    """One app with one message, for which nothing stands yet."""
    settings.BASE_DIR = tmp_path
    folder = tmp_path / "talk/locale/de/LC_MESSAGES"
    folder.mkdir(parents=True)
    (tmp_path / "talk/words.py").write_text('MAY = pgettext_lazy("month", "May")\n')
    (folder / "django.po").write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n')
    return folder


def translate(folder):
    po = folder / "django.po"
    po.write_text(po.read_text().replace('msgid "May"\nmsgstr ""', 'msgid "May"\nmsgstr "Mai"'))


def test_a_message_without_a_translation_is_named(app):
    with pytest.raises(CommandError, match=r"talk/locale/de/LC_MESSAGES/django.po: nothing stands for 'May'"):
        call_command("catalogs")


def test_a_translation_is_compiled(app):
    with pytest.raises(CommandError):
        call_command("catalogs")
    translate(app)
    call_command("catalogs")
    with (app / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).pgettext("month", "May") == "Mai"
    call_command("catalogs", check=True)


def test_a_changed_translation_that_is_not_compiled_is_found_and_left(app):
    with pytest.raises(CommandError):
        call_command("catalogs")
    translate(app)
    before = (app / "django.mo").read_bytes()
    with pytest.raises(CommandError, match="not compiled"):
        call_command("catalogs", check=True)
    assert (app / "django.mo").read_bytes() == before


def test_what_the_code_does_not_say_any_more_goes(app):
    with pytest.raises(CommandError):
        call_command("catalogs")
    (app.parents[2] / "words.py").write_text("")
    call_command("catalogs")
    assert "May" not in (app / "django.po").read_text()
