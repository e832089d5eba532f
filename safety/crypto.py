"""Sealing what people say: AES-256-GCM under data keys, which key-encryption keys from the settings wrap.

A sealed value is `nonce (12) || ciphertext || tag (16)`; a wrapped key is `key id, 0x00, sealed data key`.
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12
_WRAP_CONTEXT = b"maitribe data key"


class Tampered(Exception):
    """The bytes are not what was sealed, or were sealed for another place."""


class Cipher:
    """Seals and opens values under one key; making one costs as much as using it."""

    def __init__(self, key: bytes) -> None:
        aead = AESGCM(key)
        self._encrypt, self._decrypt = aead.encrypt, aead.decrypt

    def seal(self, plaintext: bytes, context: bytes) -> bytes:
        """Encrypt; `context` is authenticated with it, so that the bytes open in that place alone."""
        nonce = urandom(NONCE)
        return nonce + self._encrypt(nonce, plaintext, context)

    def open(self, sealed: bytes | memoryview, context: bytes) -> bytes:
        """Decrypt; raises Tampered when a bit of key, value or context differs, or the value is cut short."""
        try:
            return self._decrypt(sealed[:NONCE], sealed[NONCE:], context)
        except (InvalidTag, ValueError) as exc:
            raise Tampered("sealed value does not open") from exc


def new_data_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


def wrap(data_key: bytes) -> bytes:
    """A data key under the newest key-encryption key."""
    key_id, cipher = next(iter(key_ring().items()))
    return key_id.encode() + b"\0" + cipher.seal(data_key, _WRAP_CONTEXT)


def unwrap(wrapped: bytes) -> bytes:
    """The data key; raises Tampered also when its key-encryption key is not in the settings any more."""
    key_id, _, sealed = bytes(wrapped).partition(b"\0")
    cipher = key_ring().get(key_id.decode(errors="replace"))
    if cipher is None:
        raise Tampered(f"no key-encryption key {key_id!r}")
    return cipher.open(sealed, _WRAP_CONTEXT)


def is_current(wrapped: bytes) -> bool:
    """Whether the newest key wraps it; if not, `rotate_keys` has work to do."""
    return bytes(wrapped).partition(b"\0")[0].decode() == next(iter(key_ring()))


def key_ring() -> dict[str, Cipher]:
    """Key-encryption keys by id, newest first."""
    return _parse(tuple(settings.DATA_KEYS))


@lru_cache(maxsize=8)
def _parse(entries: tuple[str, ...]) -> dict[str, Cipher]:
    pairs = (entry.split(":", 1) for entry in entries)
    return {key_id: Cipher(base64.b64decode(key)) for key_id, key in pairs}


def keyed_hash(value: bytes, purpose: str) -> str:
    """HMAC-SHA256 in hex, apart for each purpose: to recognise a value without keeping it."""
    return hmac.new(settings.HASH_KEY.encode(), purpose.encode() + b"\0" + value, hashlib.sha256).hexdigest()
