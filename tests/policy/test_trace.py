"""Tracing: every published sentence is bound to promises, and a foreign one is reported (P0.2)."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mamoru.policy import page, promises, sentences
from mamoru.policy.sentences import PieceKind
from mamoru.policy.terms import Language
from tests import sweeps
from tests.needs import ROOT, require, shared_policy
from tests.policy import sample


def without_blanks(text: str) -> str:
    return "".join(text.split())


def published() -> str:
    require("shared-policy")
    return shared_policy().read_text(encoding="utf-8")


_PHRASES = st.sampled_from(
    ["当社は、", "個人情報を守ります。", "(以下「当社」といいます。)", "• ", "※", "1. ", "トップ",
     "2026年4月1日 改定", "みなとリンク株式会社", "Art. 5 applies. ", "We obey (the law. All of it). ",
     "\n", "\n\n", "  ", "　", "。", "！？", "」", "「", "(1) ", "- ", "\u200b"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(), st.lists(_PHRASES, max_size=30).map("".join))


@settings(deadline=None)
@given(_TEXTS)
def test_the_pieces_together_are_the_text(text: str) -> None:
    pieces = sentences.split(text)

    joined = "".join(piece.mark + piece.text for piece in pieces)
    assert without_blanks(joined) == without_blanks(text)
    assert all(piece.text.strip() for piece in pieces)


@settings(deadline=None)
@given(_TEXTS)
def test_pieces_stand_in_order_on_the_lines_they_name(text: str) -> None:
    pieces = sentences.split(text)

    lines = text.splitlines()
    assert [piece.line for piece in pieces] == sorted(piece.line for piece in pieces)
    assert all(
        without_blanks(piece.text) in without_blanks(lines[piece.line - 1]) for piece in pieces
    )


def test_a_full_stop_inside_brackets_does_not_end_a_sentence() -> None:
    pieces = sentences.split("当社(以下「当社」という。子会社を含む。)は守ります。次の文です。")

    assert [piece.text for piece in pieces] == [
        "当社(以下「当社」という。子会社を含む。)は守ります。",
        "次の文です。",
    ]


def test_an_english_full_stop_inside_brackets_does_not_end_a_sentence() -> None:
    words = "We keep it (for one year. Then it goes.) with care. The next one."

    assert [piece.text for piece in sentences.split(words)] == [
        "We keep it (for one year. Then it goes.) with care.",
        "The next one.",
    ]


def test_breadcrumbs_headings_bullets_notes_and_signatures_are_recognised() -> None:
    text = (
        "1. ホーム\n2. 方針\n\n個人情報保護方針\n\n"
        "2026年4月1日 改定\nみなとリンク株式会社\n代表取締役 海野 遥\n\n"
        "1. 目的\n次のために使います。\n・ 連絡\n※ 注です。\n"
    )

    kinds = [piece.kind for piece in sentences.split(text)]

    assert kinds == [
        *[PieceKind.NAVIGATION] * 2,
        PieceKind.TITLE,
        *[PieceKind.SIGNATURE] * 3,
        PieceKind.HEADING,
        PieceKind.SENTENCE,
        PieceKind.BULLET,
        PieceKind.NOTE,
    ]


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize("language", list(Language))
def test_the_sample_policys_own_text_is_bound_whole_and_speaks_every_promise(
    language: Language,
) -> None:
    found = sentences.trace(page.text(sample.policy(), language), sample.policy())

    assert found.unbound == ()
    assert found.share == 1.0
    assert found.silent == ()


@pytest.mark.promise("P0.2")
def test_each_clause_of_the_sample_is_found_under_its_own_promises() -> None:
    found = sentences.trace(page.text(sample.policy()), sample.policy())

    by_clause = {clause: bound.promises for bound in found.pieces for clause in bound.clauses}
    for clause in sample.policy().clauses:
        assert set(by_clause[clause.id]) >= set(clause.promises), clause.id


@pytest.mark.promise("P0.2")
def test_the_published_text_is_bound_whole_and_speaks_every_promise() -> None:
    found = sentences.trace(published())

    assert [bound.piece.text for bound in found.unbound] == []
    assert found.silent == ()


# The piece that holds the words on the left makes exactly the promises on the right.
_EXPECTED = {
    "利用目的を特定し": ("P1.4", "P1.5"),
    "不正アクセス": ("P1.6", "P1.7"),
    "被害の最小限化": ("P1.8", "P1.9", "P1.10"),
    "外的環境": ("P1.11", "P1.12"),
    "その他規範": ("P1.15",),
    "会員認証": ("P2.1",),
    "アンケート等の案内": ("P2.2",),
    "当選通知": ("P2.3",),
    "取材対象者": ("P2.4",),
    "セミナー等": ("P2.5",),
    "品質向上": ("P2.6",),
    "取引先との取引": ("P2.7",),
    "お問い合わせ等への回答": ("P2.8",),
    "応募者への": ("P2.9",),
    "人事管理": ("P2.10",),
    "利用規約に": ("P2.11",),
    "委託された": ("P2.12",),
    "あらかじめご本人から": ("P2.13", "P2.14", "P2.15"),
    "ダイレクトメール": ("P2.16",),
    "事業者を選定": ("P2.17", "P2.18"),
    "訂正前": ("P3.9",),
    "登録住所が一致しない": ("P3.10",),
    "代理権が確認": ("P3.11",),
    "不備がある": ("P3.12",),
    "データに該当しない": ("P3.13",),
    "生命、身体": ("P3.14",),
    "著しい支障": ("P3.15",),
    "他の法令に違反": ("P3.16",),
    "専用ページ": ("P3.18", "P3.19"),
    "随時退会": ("P3.20",),
    "退会された方": ("P3.21", "P3.24"),
    "必要書類": ("P3.22",),
    "電話や対面": ("P3.23",),
    "に伴い取得した": ("P3.25",),
}


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize(("words", "promised"), _EXPECTED.items())
def test_published_sentences_are_bound_to_the_right_promises(
    words: str, promised: tuple[str, ...]
) -> None:
    found = sentences.trace(published())

    (bound,) = [bound for bound in found.pieces if words in bound.piece.text]
    assert bound.promises == promised


@pytest.mark.promise("P0.2")
def test_a_sentence_put_into_the_text_afterwards_is_reported_with_suggestions() -> None:
    text = published() + "\n当社は、個人情報を同意なく第三者に提供することがあります。\n"

    (unbound,) = sentences.trace(text).unbound

    assert unbound.piece.line == len(text.splitlines())
    assert "P2.13" in unbound.suggestions


@pytest.mark.promise("P0.2")
@pytest.mark.sweep
def test_an_inserted_sentence_is_found_anywhere_and_whatever_its_shape(
    record_property: sweeps.Record,
) -> None:
    lines = page.text(sample.policy()).splitlines()
    strangers = [
        "ただし、当社が必要と認めるときは例外とします。",
        "・ その他一切の目的",
        "例外",
        "※除外あり。",
    ]

    every = range(len(lines) + 1)
    chosen = sweeps.take(every, sample=61)
    for at in chosen:
        stranger = strangers[at % len(strangers)]
        text = "\n".join([*lines[:at], stranger, *lines[at:]])
        found = sentences.trace(text, sample.policy())
        assert len(found.unbound) == 1, (at, stranger)
    sweeps.record(record_property, "places of a foreign sentence", ran=len(chosen), of=len(every))


@settings(deadline=None)
@given(st.data())
def test_one_changed_character_anywhere_unbinds_its_piece(data: st.DataObject) -> None:
    text = page.text(sample.policy())
    at = data.draw(st.sampled_from([m.start() for m in re.finditer(r"[ぁ-ん一-龥]", text)]))

    changed = text[:at] + "猫" + text[at + 1 :]

    assert sentences.trace(changed, sample.policy()).unbound


def test_widths_and_line_layout_do_not_matter_but_invisible_characters_do() -> None:
    clause = sample.policy().clause("way.fee").ja

    assert sentences.digest(f"　{clause}  ") == sentences.digest(clause)
    assert sentences.digest("ABC、１２") == sentences.digest("ABC、12")
    assert sentences.digest(clause[:3] + "\u200b" + clause[3:]) != sentences.digest(clause)


def test_packaged_bindings_hold_no_sentence_and_only_known_promises() -> None:
    folder = ROOT / "src" / "mamoru" / "policy" / "bindings"

    for path in folder.glob("*.toml"):
        rows = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        assert all(line.isascii() for line in rows)
    for binding in sentences.packaged_bindings().values():
        assert set(binding.promises) <= set(promises.PROMISES)


@pytest.mark.promise("P0.2")
def test_a_sentence_of_another_companys_policy_is_bound_to_nothing() -> None:
    """The product knows the published text, and that makes it no promise of this company."""
    own = page.text(sample.policy(), Language.JA)
    assert sentences.trace(own, sample.policy()).unbound == ()
    known = {sentences.normalise(piece.text) for piece in sentences.split(own)}
    others = [
        piece.text
        for piece in sentences.split(published())
        if piece.kind is PieceKind.SENTENCE and sentences.normalise(piece.text) not in known
    ]

    found = sentences.trace("\n".join((own, *others)), sample.policy())

    assert len(others) > 10
    assert [bound.piece.text for bound in found.unbound] == others


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize("language", list(Language))
def test_a_sentence_of_the_policy_that_the_text_leaves_out_is_named(language: Language) -> None:
    whole = page.text(sample.policy(), language)
    fee = sample.policy().clause("way.fee").in_(language)
    assert fee in whole

    assert sentences.trace(whole, sample.policy()).left_out == ()
    assert sentences.trace(whole.replace(fee, ""), sample.policy()).left_out == ("way.fee",)
    assert sentences.trace(published(), sample.policy()).left_out == ()  # another list binds it


@pytest.mark.promise("P0.4")
def test_a_promise_that_no_test_shows_to_be_kept_is_told_beside_its_text() -> None:
    own = sample.policy().clause("norms.obey")

    found = sentences.trace(own.ja, sample.policy())

    assert found.unkept == own.promises == ("P1.15",)
    kept = sentences.trace(sample.policy().clause("way.fee").ja, sample.policy())
    assert kept.unkept == ()
