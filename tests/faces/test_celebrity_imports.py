"""The famous brought in many at once: out of a folder, a ZIP, a table; what is wrong with one keeps no other out."""

import io
import zipfile
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from config.errors import Invalid
from faces.bundles import Archive, Folder, Sent
from faces.models import Celebrity
from faces.services import celebrity_imports
from tests.faces.famous import jpeg
from tests.pictures import encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
HEAD = "name,image,category,gender,bio"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "famous"
    place.mkdir()
    return place


def put(folder, name, content=None):
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(jpeg() if content is None else content)


def table(folder, *lines, head=HEAD):
    (folder / "list.csv").write_text("\n".join([head, *lines]))


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    out.seek(0)
    return out


def results(files, **options):
    found = celebrity_imports.bring_in(files, by=None, **options)
    return [(outcome.name, outcome.result) for outcome in found]


def reasons(files, now):
    return [(outcome.place, outcome.reason) for outcome in celebrity_imports.bring_in(files, by=None, now=now)]


def there():
    return list(Celebrity.objects.order_by("name").values_list("name", "category"))


# Pictures named after whom they show.


def test_pictures_of_a_folder_are_people_and_its_folders_categories(folder, now):
    put(folder, "Ada_Example.jpg")
    put(folder, "actor/Ben Beispiel.png", encoded(landscape(400, 500), "PNG"))
    put(folder, "Musician/Cleo.jpeg", jpeg(2))
    put(folder, "friends/Dora.jpg", jpeg(6))
    put(folder, ".DS_Store", b"x")
    assert results(Folder(folder), now=now) == [
        ("Ada Example", "added"),
        ("Cleo", "added"),
        ("Ben Beispiel", "refused"),
        ("Dora", "added"),
    ]
    assert there() == [("Ada Example", ""), ("Cleo", "musician"), ("Dora", "")]


def test_done_again_nobody_is_there_twice(folder, now):
    put(folder, "Ada.jpg")
    assert [results(Folder(folder), now=now) for _ in range(2)] == [[("Ada", "added")], [("Ada", "known")]]
    assert Celebrity.objects.count() == 1


def test_what_stood_in_the_way_can_be_mended_and_all_be_done_again(folder, now):
    put(folder, "Ada.jpg")
    put(folder, "Ben.jpg", b"no picture")
    assert results(Folder(folder), now=now) == [("Ada", "added"), ("Ben", "refused")]
    put(folder, "Ben.jpg", jpeg(2))
    assert results(Folder(folder), now=now) == [("Ada", "known"), ("Ben", "added")]


# A table.


def test_a_table_says_who_they_are(folder, now):
    put(folder, "a.jpg")
    put(folder, "not named.jpg", jpeg(2))
    table(folder, 'Ada Example,a.jpg,Actor,FEMALE,"Writes, and\nplays."')
    assert results(Folder(folder), now=now) == [("Ada Example", "added")]
    made = Celebrity.objects.get()
    assert (made.category, made.gender, made.bio) == ("actor", "female", "Writes, and\nplays.")


@pytest.mark.parametrize(
    "line, reason",
    [
        (",a.jpg", "There has to be a name"),
        ("\u200b,a.jpg", "There has to be a name"),
        ("Ada", "There is no picture named."),
        ("Ada,b.jpg", "There is no file 'b.jpg'."),
        ("Ada,../secret.jpg", "There is no file '../secret.jpg'."),
        ("Ada,/etc/passwd", "There is no file '/etc/passwd'."),
        ("Ada,a.jpg,king", "category: Value 'king' is not a valid choice."),
        ("Ada,a.jpg,,none", "gender: Value 'none' is not a valid choice."),
        (f"{'x' * 121},a.jpg", "name: Ensure this value has at most 120 characters"),
        (f"Ada,a.jpg,,,{'x' * 501}", "bio: Ensure this value has at most 500 characters"),
        ("Ada,list.csv", "Send a picture: a JPEG, a PNG or a WebP."),
        ("Ada,hills.jpg", "No face is to be seen in this picture."),
    ],
)
def test_what_is_wrong_with_a_line_is_told_and_the_others_come_in(folder, now, line, reason):
    put(folder.parent, "secret.jpg")
    put(folder, "a.jpg")
    put(folder, "hills.jpg", encoded(landscape(400, 500)))
    table(folder, line, "Ben,a.jpg")
    (place, told), (_, fine) = reasons(Folder(folder), now)
    assert (place, told.startswith(reason), fine) == ("line 2", True, "")
    assert there() == [("Ben", "")]


@pytest.mark.parametrize(
    "content",
    [b"name,picture\nAda,a.jpg", b"name\nAda", b'name,image\n"Ada,a.jpg', b"name,image\n\xff,a.jpg", b""],
    ids=["unknown column", "no image", "open quote", "no text", "empty"],
)
def test_a_table_that_cannot_be_read_is_refused_as_a_whole(folder, now, content):
    put(folder, "list.csv", content)
    with pytest.raises(Invalid) as refused:
        results(Folder(folder), now=now)
    assert refused.value.code == "table_broken"


def test_two_tables_are_one_too_many(folder, now):
    table(folder)
    put(folder, "b.csv", b"")
    with pytest.raises(Invalid, match="more than one table"):
        results(Folder(folder), now=now)


@pytest.mark.parametrize("files", [{}, {"list.csv": HEAD}])
def test_nobody_in_it_is_said(now, files):
    with pytest.raises(Invalid) as refused:
        results(Archive(zipped(**files)), now=now)
    assert refused.value.code == "nothing_there"


# A ZIP.


def test_pictures_are_found_beside_the_table_of_a_zip(now):
    files = {"all__list.csv": f"{HEAD}\nAda,pics/a.jpg", "all__pics__a.jpg": jpeg(), "__MACOSX___a.jpg": b"x"}
    assert results(Archive(zipped(**files)), now=now) == [("Ada", "added")]


def test_a_zip_without_a_table_is_as_a_folder(now):
    assert results(Archive(zipped(athlete__Ada=jpeg())), now=now) == [("Ada", "added")]
    assert there() == [("Ada", "athlete")]


def test_more_than_a_picture_is_not_unpacked(now, settings):
    settings.PICTURE_BYTES = 50_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Ada.jpg", b"\x00" * 5_000_000)
        archive.writestr("Ben.jpg", jpeg())
    (_, reason), (_, fine) = reasons(Archive(out), now)
    assert (reason, fine) == ("A file has at most 50000 bytes.", "")


def test_what_is_no_zip_is_refused():
    with pytest.raises(Invalid) as refused:
        Archive(io.BytesIO(b"PK no"))
    assert refused.value.code == "archive_broken"


def test_a_damaged_file_in_a_zip_is_told_and_the_others_come_in(now):
    whole = zipped(Ada=jpeg(), Ben=jpeg(2)).getvalue()
    start = whole.index(jpeg()[:50])
    broken = whole[: start + 100] + b"\x00" * 50 + whole[start + 150 :]
    (_, reason), (_, fine) = reasons(Archive(io.BytesIO(broken)), now)
    assert (reason, fine) == ("This archive is damaged, or locked with a password.", "")


# What came with a form.


def test_files_of_a_form_are_as_a_folder(now):
    sent = [SimpleUploadedFile("list.csv", f"{HEAD}\nAda,a.jpg".encode()), SimpleUploadedFile("a.jpg", jpeg())]
    assert results(Sent(sent), now=now) == [("Ada", "added")]


def test_more_than_may_be_are_refused_before_the_first(folder, now):
    put(folder, "Ada.jpg")
    put(folder, "Ben.jpg", jpeg(2))
    with pytest.raises(Invalid) as refused:
        results(Folder(folder), now=now, most=1)
    assert (refused.value.code, Celebrity.objects.count()) == ("too_many", 0)


# The command.


def run(path):
    out = StringIO()
    call_command("import_celebrities", str(path), stdout=out)
    return out.getvalue().splitlines()


def test_the_command_tells_of_each_and_of_all(folder):
    put(folder, "Ada.jpg")
    put(folder, "Ben.jpg")
    told = run(folder)
    assert told[0] == "added    Ada (Ada.jpg)"
    assert told[1] == "known    Ben (Ben.jpg): This picture is there already."
    assert told[2] == "1 added, 1 known, 0 refused"


def test_it_takes_a_table_and_a_zip(folder):
    put(folder, "a.jpg")
    table(folder, "Ada,a.jpg")
    assert run(folder / "list.csv")[-1] == "1 added, 0 known, 0 refused"
    (folder / "all.zip").write_bytes(zipped(Ada=jpeg()).getvalue())
    assert run(folder / "all.zip")[-1] == "0 added, 1 known, 0 refused"


def test_it_fails_when_somebody_was_refused_having_added_the_others(folder):
    put(folder, "Ada.jpg")
    put(folder, "Ben.jpg", b"x")
    with pytest.raises(CommandError, match="1 added, 0 known, 1 refused"):
        run(folder)
    assert Celebrity.objects.count() == 1


def test_it_says_where_there_is_nothing(folder):
    with pytest.raises(CommandError, match="There is no"):
        run(folder / "nowhere")
    with pytest.raises(CommandError, match="nobody"):
        run(folder)
