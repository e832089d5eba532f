"""Files sealed piece by piece."""

import io

import pytest

from safety.crypto import Tampered, new_data_key
from safety.sealed_files import PIECE, SEALED_PIECE, Sealer, opened

KEY, PLACE = new_data_key(), b"here"
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7]


def sealed(content, step=10_000):
    out = io.BytesIO()
    with Sealer(out, key=KEY, context=PLACE) as sealer:
        for start in range(0, len(content), step):
            sealer.write(content[start : start + step])
    assert sealer.size == len(content)
    return out.getvalue()


def read(stored, key=KEY, context=PLACE):
    return b"".join(opened(io.BytesIO(stored), key=key, context=context))


def some(size):
    return bytes(n % 251 for n in range(size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [7_000, PIECE, 5 * PIECE])
def test_what_was_written_is_read(size, step):
    assert read(sealed(some(size), step)) == some(size)


def test_nothing_of_it_can_be_seen():
    assert b"secret" not in sealed(b"secret" * 1000)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda s: s[:-1],
        lambda s: s + b"x",
        lambda s: s[:SEALED_PIECE],
        lambda s: s[SEALED_PIECE:],
        lambda s: s[SEALED_PIECE : 2 * SEALED_PIECE] + s[:SEALED_PIECE] + s[2 * SEALED_PIECE :],
        lambda s: s[:100] + bytes([s[100] ^ 1]) + s[101:],
        lambda s: b"",
    ],
    ids=["shorter", "longer", "cut off", "without its start", "pieces exchanged", "a bit changed", "empty"],
)
def test_what_is_not_what_was_written_is_refused(spoil):
    with pytest.raises(Tampered):
        read(spoil(sealed(some(3 * PIECE))))


def test_another_key_or_place_opens_nothing():
    with pytest.raises(Tampered):
        read(sealed(b"words"), key=new_data_key())
    with pytest.raises(Tampered):
        read(sealed(b"words"), context=b"there")


def test_a_file_that_was_not_finished_opens_nowhere():
    out = io.BytesIO()
    with pytest.raises(OSError), Sealer(out, key=KEY, context=PLACE) as sealer:
        sealer.write(some(2 * PIECE))
        raise OSError
    with pytest.raises(Tampered):
        read(out.getvalue())


def test_the_file_is_closed_also_when_reading_stops():
    file = io.BytesIO(sealed(some(3 * PIECE)))
    pieces = opened(file, key=KEY, context=PLACE)
    next(pieces)
    pieces.close()
    assert file.closed
