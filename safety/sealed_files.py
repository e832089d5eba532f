"""Files at rest: sealed piece by piece, so that neither writing nor reading one takes more memory than a piece.

A piece is bound to its file, its place in it and whether it is the last: none can be left out, moved or cut off.
"""

from collections.abc import Iterator
from itertools import count
from typing import IO

from safety.crypto import NONCE, Cipher

PIECE = 64 * 1024
SEALED_PIECE = NONCE + PIECE + 16


class Sealer:
    """Somewhere to write a file to that ends up sealed in `target`; `size` is how much was written.

    Leaving it as a context writes the last piece; after an error it does not, and what was written opens nowhere.
    """

    def __init__(self, target: IO[bytes], *, key: bytes, context: bytes) -> None:
        self._target, self._cipher, self._context = target, Cipher(key), context
        self._waiting, self._pieces, self.size = bytearray(), 0, 0

    def __enter__(self) -> "Sealer":
        return self

    def __exit__(self, failure: type[BaseException] | None, *details: object) -> None:
        if failure is None:
            self._put(len(self._waiting), last=True)

    def write(self, data: bytes) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > PIECE:
            self._put(PIECE, last=False)
        return len(data)

    def flush(self) -> None:
        """A piece waits until it is full."""

    def _put(self, length: int, *, last: bool) -> None:
        piece = bytes(self._waiting[:length])
        self._target.write(self._cipher.seal(piece, _place(self._context, self._pieces, last)))
        del self._waiting[:length]
        self._pieces += 1


def opened(file: IO[bytes], *, key: bytes, context: bytes) -> Iterator[bytes]:
    """The content of a sealed file, which is closed at the end. Raises Tampered at the first piece that is wrong."""
    cipher = Cipher(key)
    with file:
        piece = file.read(SEALED_PIECE)
        for number in count():
            following = file.read(SEALED_PIECE)
            yield cipher.open(piece, _place(context, number, not following))
            if not following:
                return
            piece = following


def _place(context: bytes, number: int, last: bool) -> bytes:
    return context + number.to_bytes(8) + last.to_bytes()
