"""Sealing, wrapping and keyed hashes (fault 16)."""

import base64

import pytest

from safety import crypto
from safety.crypto import Cipher, Tampered

OLD = "2025:" + base64.b64encode(b"o" * 32).decode()
NEW = "2026:" + base64.b64encode(b"n" * 32).decode()


@pytest.fixture
def key():
    return crypto.new_data_key()


@pytest.fixture
def cipher(key):
    return Cipher(key)


@pytest.fixture(autouse=True)
def ring(settings):
    settings.DATA_KEYS = [OLD]
    return settings


def test_what_is_sealed_opens_in_its_place(cipher):
    assert cipher.open(cipher.seal("Grüße".encode(), b"room 1"), b"room 1") == "Grüße".encode()


def test_the_text_does_not_stand_in_the_sealed_value(cipher):
    assert b"secret words" not in cipher.seal(b"secret words", b"")


def test_sealing_twice_gives_different_bytes(cipher):
    assert cipher.seal(b"same", b"c") != cipher.seal(b"same", b"c")


@pytest.mark.parametrize("position", range(12 + 5 + 16))
def test_a_changed_byte_anywhere_does_not_open(cipher, position):
    sealed = bytearray(cipher.seal(b"hello", b"c"))
    sealed[position] ^= 1
    with pytest.raises(Tampered):
        cipher.open(bytes(sealed), b"c")


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27])
def test_a_truncated_value_does_not_open(cipher, length):
    with pytest.raises(Tampered):
        cipher.open(cipher.seal(b"hello", b"c")[:length], b"c")


def test_a_value_moved_to_another_place_does_not_open(cipher):
    with pytest.raises(Tampered):
        cipher.open(cipher.seal(b"hello", b"room 1"), b"room 2")


def test_another_key_does_not_open(cipher):
    with pytest.raises(Tampered):
        Cipher(crypto.new_data_key()).open(cipher.seal(b"hello", b"c"), b"c")


def test_a_wrapped_key_unwraps(key):
    assert crypto.unwrap(crypto.wrap(key)) == key


def test_a_wrapped_key_unwraps_from_the_databases_memoryview(key):
    assert crypto.unwrap(memoryview(crypto.wrap(key))) == key


def test_the_key_does_not_stand_in_its_wrapping(key):
    assert key not in crypto.wrap(key)


def test_after_rotation_the_old_wrapping_still_opens(key, ring):
    wrapped = crypto.wrap(key)
    ring.DATA_KEYS = [NEW, OLD]
    assert crypto.unwrap(wrapped) == key


def test_after_rotation_the_newest_key_wraps(key, ring):
    ring.DATA_KEYS = [NEW, OLD]
    assert crypto.wrap(key).startswith(b"2026\0")


def test_after_rotation_the_old_wrapping_is_not_current(key, ring):
    wrapped = crypto.wrap(key)
    before = crypto.is_current(wrapped)
    ring.DATA_KEYS = [NEW, OLD]
    assert (before, crypto.is_current(wrapped), crypto.is_current(crypto.wrap(key))) == (True, False, True)


def test_a_wrapping_under_a_key_that_was_withdrawn_does_not_open(key, ring):
    wrapped = crypto.wrap(key)
    ring.DATA_KEYS = [NEW]
    with pytest.raises(Tampered, match="2025"):
        crypto.unwrap(wrapped)


def test_a_wrapping_that_names_another_key_does_not_open(key, ring):
    ring.DATA_KEYS = [NEW, OLD]
    forged = b"2025\0" + crypto.wrap(key).partition(b"\0")[2]
    with pytest.raises(Tampered):
        crypto.unwrap(forged)


@pytest.mark.parametrize("garbage", [b"", b"\0", b"2025", b"2025\0", b"\xff\xfe\0x"])
def test_garbage_instead_of_a_wrapping_does_not_open(garbage):
    with pytest.raises(Tampered):
        crypto.unwrap(garbage)


def test_a_keyed_hash_recognises_a_value():
    assert crypto.keyed_hash(b"a@b", "mail") == crypto.keyed_hash(b"a@b", "mail")


def test_a_keyed_hash_differs_by_purpose():
    assert crypto.keyed_hash(b"a@b", "mail") != crypto.keyed_hash(b"a@b", "phone")


def test_a_keyed_hash_differs_by_key(settings):
    before = crypto.keyed_hash(b"a@b", "mail")
    settings.HASH_KEY = "another key"
    assert crypto.keyed_hash(b"a@b", "mail") != before
