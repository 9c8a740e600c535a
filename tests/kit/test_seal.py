"""Sealed data opens with its own key in its own place, and in no other way (P1.13)."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.kit import seal
from mamoru.kit.seal import DataKey, KeyMissing, MasterKey, SealBroken

MASTER = MasterKey(bytes(range(32)))
KEY = DataKey(bytes(32))


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=20))
def test_what_is_sealed_opens_again(plain: bytes, context: str) -> None:
    assert KEY.open(KEY.seal(plain, context=context), context=context) == plain


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_does_not_open(where: int, change: int) -> None:
    sealed = bytearray(KEY.seal("山本 花子".encode(), context="C-1/filing"))
    sealed[where % len(sealed)] ^= change

    with pytest.raises(SealBroken):
        KEY.open(bytes(sealed), context="C-1/filing")


@given(st.integers(min_value=0, max_value=40))
def test_a_cut_seal_does_not_open_and_does_not_crash(length: int) -> None:
    sealed = KEY.seal("山本 花子".encode(), context="C-1/filing")

    with pytest.raises(SealBroken):
        KEY.open(sealed[: min(length, len(sealed) - 1)], context="C-1/filing")


def test_a_value_moved_to_another_case_or_field_does_not_open() -> None:
    sealed = KEY.seal(b"x", context="C-1/filing")

    for elsewhere in ("C-2/filing", "C-1/identity"):
        with pytest.raises(SealBroken):
            KEY.open(sealed, context=elsewhere)


def test_another_key_does_not_open() -> None:
    sealed = KEY.seal(b"x", context="C-1/filing")

    with pytest.raises(SealBroken):
        DataKey(b"\1" * 32).open(sealed, context="C-1/filing")


def test_a_wrapped_key_opens_under_its_own_master_key_only() -> None:
    key, wrapped = MASTER.new_data_key()

    assert MASTER.unwrap(wrapped) == key
    for broken in (wrapped[:-1], wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b""):
        with pytest.raises(SealBroken):
            MASTER.unwrap(broken)
    with pytest.raises(SealBroken):
        MasterKey(bytes(32)).unwrap(wrapped)


def test_the_same_plain_text_is_never_sealed_alike() -> None:
    assert len({KEY.seal(b"x", context="c") for _ in range(50)}) == 50


def test_each_use_has_a_secret_of_its_own() -> None:
    assert len({MASTER.derive(label) for label in ("django", "session", "work", "code")}) == 4
    assert MASTER.digest("member", "M1") != MASTER.digest("code", "M1")
    assert MASTER.digest("member", "M1") != MasterKey(bytes(32)).digest("member", "M1")


def test_a_key_file_is_its_owners_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    before = os.umask(0)
    try:
        made = seal.create_master_key(path)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600
    assert seal.load_master_key(path) == made
    with pytest.raises(FileExistsError):
        seal.create_master_key(path)


@pytest.mark.parametrize("content", [None, b"", b"zz", b"00" * 31, b"\xff\xfe", "鍵".encode()])
def test_a_file_that_is_no_key_is_named_and_not_shown(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "master.key"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(KeyMissing, match=r"`master\.key`") as caught:
        seal.load_master_key(path)

    assert str(tmp_path) not in str(caught.value)
