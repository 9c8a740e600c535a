"""P3.10: whatever is typed gives a verdict with a reason, never an exception and never a match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.identity import address, birth, name
from mamoru.identity.terms import NameParts, Verdict

ADDRESS = "東京都港区芝浦3-4-1 みなとビル801"
NAME = NameParts(family="山田", given="花子", family_kana="ヤマダ", given_kana="ハナコ")
BIRTH = "1990年1月2日"

# Characters that a reader does not see, or sees as another.
UNSEEN = {
    "zero-width": "\u200b\u200c\u200d\u2060\ufeff\u180e\u2062",
    "right-to-left": "\u200f\u202e\u2067\u061c",
    "control": "\x00\x07\x1b\x7f\x9b",
    "half a character": "\ud800\udfff",
    "private or unassigned": "\ue000\u0378\U0010ffff",
    "tags": "\U000e0041\U000e007f",
}
FOREIGN = {
    "emoji": "😀🏠🇯🇵",
    "other digits": "٣๓३²①½Ⅳ",
    "other scripts": "Зע한กא",
    "marks": "\u0301\u20e3\u034f",
}
inside = st.integers(0, 40)


def put(character: str, text: str, at: int) -> str:
    return f"{text[: at % (len(text) + 1)]}{character}{text[at % (len(text) + 1) :]}"


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("kind", UNSEEN)
@given(data=st.data(), at=inside)
def test_what_no_reader_sees_goes_to_a_person(kind: str, data: st.DataObject, at: int) -> None:
    character = data.draw(st.sampled_from(UNSEEN[kind]))
    named = NameParts(family=put(character, NAME.family, at), given=NAME.given)

    verdicts = {
        address.compare(put(character, ADDRESS, at), ADDRESS).verdict,
        name.compare(named, NAME).verdict,
        birth.compare(put(character, BIRTH, at), BIRTH).verdict,
    }

    assert verdicts == {Verdict.CANNOT_TELL}


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("kind", FOREIGN)
@given(data=st.data(), at=inside)
def test_what_belongs_nowhere_never_matches(kind: str, data: st.DataObject, at: int) -> None:
    character = data.draw(st.sampled_from(FOREIGN[kind]))
    named = NameParts(family=put(character, NAME.family, at), given=NAME.given)

    of_address = address.compare(put(character, ADDRESS, at), ADDRESS)
    of_name = name.compare(named, NAME)
    of_birth = birth.compare(put(character, BIRTH, at), BIRTH)

    assert Verdict.MATCH not in {of_address.verdict, of_name.verdict, of_birth.verdict}
    assert of_address.reasons
    assert of_name.reasons
    assert of_birth.reasons


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("empty", ["", " ", "\u3000", "\n", "-", "、"])
def test_nothing_matches_nothing(empty: str) -> None:
    for other in (empty, ADDRESS):
        assert address.compare(empty, other).verdict is Verdict.CANNOT_TELL
    for other in (empty, BIRTH):
        assert birth.compare(empty, other).verdict is Verdict.CANNOT_TELL
    assert name.compare(NameParts(family=empty), NAME).verdict is not Verdict.MATCH


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    "piece", ["山", "1", "ア", "A", "東京都港区芝浦3-4-1", "😀", "\u200b", "一", "-"]
)
def test_a_huge_text_is_unreadable(piece: str) -> None:
    huge = piece * 100_000

    assert address.compare(huge, huge).verdict is Verdict.CANNOT_TELL
    assert birth.compare(huge, BIRTH).verdict is Verdict.CANNOT_TELL
    assert name.compare_text(huge, huge).verdict is Verdict.CANNOT_TELL


@pytest.mark.promise("P3.10")
@given(st.integers(1, len(ADDRESS) - 1))
def test_half_of_an_address_never_matches_the_whole(at: int) -> None:
    first, second = ADDRESS[:at], ADDRESS[at:]
    without_prefecture = second == ADDRESS.removeprefix("東京都")

    assert address.compare(first, ADDRESS).verdict is not Verdict.MATCH
    assert (address.compare(second, ADDRESS).verdict is Verdict.MATCH) == without_prefecture


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    "text", ["山田花子", BIRTH, "03-1234-5678", "hanako@example.jp", "〒108-0023"]
)
def test_what_belongs_into_another_field_is_no_address(text: str) -> None:
    for other in (text, ADDRESS):
        found = address.compare(text, other)

        assert found.verdict is Verdict.CANNOT_TELL
        assert found.reasons


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("text", [ADDRESS, "山田花子", "03-1234-5678", "平成", "1990"])
def test_what_belongs_into_another_field_is_no_birth_date(text: str) -> None:
    assert birth.compare(text, BIRTH).verdict is Verdict.CANNOT_TELL
    assert birth.compare(text, text).verdict is Verdict.CANNOT_TELL
