"""Every code has its words, in both languages (P3.17, P3.22, P3.24)."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from mamoru.cases.rules import papers, refusal
from mamoru.cases.terms import (
    AnswerMethod,
    DemandKind,
    DispatchKind,
    Outcome,
    ProofKind,
    ProofOf,
    RefusalGround,
    Role,
    Stage,
)
from mamoru.documents import asking, letter, supplement, wording
from mamoru.documents.terms import Changed, DemandAnswer, SupplementRequest
from mamoru.identity import agent
from mamoru.papers.terms import PaperRefused
from tests.documents.sample import ANSWER, TABLE

LANGUAGES = ("ja", "en")
PAPER_POINTS = ("too-old", "undated", "dated-in-future", "expired", "not-genuine")


def text(*demands: DemandAnswer, language: str = "ja") -> str:
    return letter.build(replace(ANSWER, demands=demands, language=language)).text()


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (wording.KINDS, DemandKind),
        (wording.ARTICLES, DemandKind),
        (wording.DONE, DemandKind),
        (wording.GROUNDS, RefusalGround),
        (wording.GROUND_ARTICLES, RefusalGround),
        (wording.OUTCOMES, Outcome),
        (wording.STAGES, Stage),
        (wording.STAGE_MEANINGS, Stage),
        (wording.ROLES, Role),
        (wording.PROOF_KINDS, ProofKind),
        (wording.PROOF_OF, ProofOf),
        (wording.DISPATCH, DispatchKind),
        (wording.ANSWER_METHODS, AnswerMethod),
    ],
)
def test_each_code_has_words_and_no_words_are_left_over(
    words: wording.Words, codes: type[DemandKind]
) -> None:
    assert set(words) == {str(code) for code in codes}
    assert all(said.strip() for both in words.values() for said in both.values())


WITHIN = papers.issued_within(agent.USUAL)
ASKED = SupplementRequest(
    issued_within=WITHIN,
    reference="C-2026-000001-5",
    received_on=date(2026, 11, 20),
    dated_on=date(2026, 11, 25),
    language="ja",
    sender=ANSWER.sender,
    addressee=ANSWER.addressee,
    person_name="𠮷野 﨑子",
    defects=("scope-too-narrow",),
    message="",
    due_on=date(2026, 12, 25),
    not_covered=("disclosure-of-provision-records", "erasure"),
)


@pytest.mark.promise("P3.11", "P3.12")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_request_for_papers_names_each_demand_that_the_power_leaves_out(language: str) -> None:
    shown = supplement.build(replace(ASKED, language=language)).text()

    assert all(wording.said(wording.KINDS, kind, language) in shown for kind in ASKED.not_covered)
    assert wording.said(wording.KINDS, "disclosure", language) not in shown


@pytest.mark.promise("P3.11")
def test_a_refusal_says_that_the_power_leaves_this_demand_out_where_it_does() -> None:
    refused = DemandAnswer(
        kind="erasure", items=(), outcome="refused", grounds=("agency-unconfirmed",)
    )

    assert "「消去」のご請求が含まれていません" in text(replace(refused, not_covered=True))
    assert "委任の範囲に" not in text(refused)


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "手数料はいただきません"), ("en", "no fee")]
)
def test_a_letter_says_that_there_is_no_fee_only_where_there_is_none(
    language: str, words: str
) -> None:
    for free in (True, False):
        said = letter.build(replace(ANSWER, language=language, free=free)).text()

        assert (words in said) is free


@pytest.mark.promise("P3.17")
@pytest.mark.parametrize("law", ["", "民事保全法第23条第1項"])
def test_a_refusal_says_the_reason_in_the_words_of_the_desk(law: str) -> None:
    said = text(
        DemandAnswer(
            kind="disclosure",
            items=(),
            outcome="refused",
            grounds=("other-law" if law else "hindrance-to-business",),
            reason="同じ内容のご請求が続いています。",
            law=law,
        )
    )

    assert "同じ内容のご請求が続いています。" in said
    assert law in said


def test_counts_in_a_letter_part_their_thousands() -> None:
    table = replace(TABLE, rows=TABLE.rows * 617)

    shown = text(DemandAnswer(kind="disclosure", items=(), outcome="fulfilled", tables=(table,)))

    assert "合計1,234件" in shown


def test_each_reason_for_refusing_a_file_has_words() -> None:
    reasons = {each.reason for each in PaperRefused.__subclasses__()}

    assert reasons | {PaperRefused.reason} == set(asking.REASONS_OF_UPLOAD)


@pytest.mark.promise("P3.12", "P3.22")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_point_that_can_be_open_has_a_sentence(language: str) -> None:
    groups = {group.missing for role in agent.Role for group in agent.required_proofs(role)}
    codes = groups | {f"{kind}-{point}" for kind, point in product(ProofKind, PAPER_POINTS)}
    codes |= {
        *("address-differs", "application-address-differs", "name-differs", "birth-date-differs"),
        *("principal-name-differs", "agent-name-differs", "scope-missing", "scope-too-narrow"),
        *("seal-certificate-address-differs", "person-age-unknown", "person-is-of-age"),
        "person-is-minor",
        *("demand-missing", "items-missing/1", "before-after-missing/2"),
        *("person-family-name-missing", "agent-address-missing", "person-birth-date-missing"),
    }

    sentences = {code: asking.defect(code, language, WITHIN) for code in codes}

    assert all(sentences.values())
    assert not any("{" in sentence for sentence in sentences.values())


def test_an_unknown_point_is_an_error_and_not_an_empty_sentence() -> None:
    with pytest.raises(KeyError):
        asking.defect("no-such-point", "ja", {})


@pytest.mark.promise("P3.17", "P3.24")
@pytest.mark.parametrize(("kind", "language"), list(product(DemandKind, LANGUAGES)))
def test_every_kind_can_end_in_every_way(kind: DemandKind, language: str) -> None:
    for outcome in Outcome:
        demand = DemandAnswer(kind=kind, items=("連絡先",), outcome=outcome)

        said = text(demand, language=language)

        assert wording.said(wording.KINDS, kind, language) in said
        assert "連絡先" in said


@pytest.mark.promise("P3.17")
@pytest.mark.parametrize(
    ("kind", "ground"),
    [(kind, ground) for kind in DemandKind for ground in refusal.allowed_grounds(kind)],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_names_ground_article_reason_and_the_way_to_court(
    kind: DemandKind, ground: RefusalGround, language: str
) -> None:
    suit = None if kind is DemandKind.NOTICE_OF_PURPOSE else date(2026, 12, 5)
    demand = DemandAnswer(
        kind=kind,
        items=(),
        outcome="refused",
        grounds=(ground,),
        reason="REASON-IN-WORDS",
        law="LAW-AND-ARTICLE",
        suit_from=suit,
    )

    said = text(demand, language=language)

    assert wording.said(wording.GROUNDS, ground, language) in said
    assert "REASON-IN-WORDS" in said
    assert "LAW-AND-ARTICLE" in said
    court = "第39条第1項ただし書" if language == "ja" else "Article 39(1)"
    assert (court in said) == (suit is not None)
    assert (ground in wording.REMEDIES) == (ground in list(RefusalGround)[:3])


@pytest.mark.parametrize(
    ("kind", "ground", "article"),
    [
        ("notice-of-purpose", "harm-to-rights", "法第32条第2項第2号、第21条第4項第1号"),
        ("disclosure", "harm-to-rights", "法第33条第2項第1号"),
        ("disclosure-of-provision-records", "hindrance-to-business", "法第33条第5項"),
        ("disclosure", "other-law", "法第33条第2項第3号"),
    ],
)
def test_a_ground_rests_on_the_article_of_its_kind(kind: str, ground: str, article: str) -> None:
    said = text(DemandAnswer(kind=kind, items=(), outcome="refused", grounds=(ground,)))

    assert article in said


@pytest.mark.promise("P3.13")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_must_not_be_told_and_what_is_not_there_read_the_same(language: str) -> None:
    absent = DemandAnswer(kind="disclosure", items=(), outcome="nothing-held")
    hidden = replace(absent, grounds=("not-retained-personal-data",))
    empty = replace(absent, outcome="fulfilled")

    letters = [
        letter.build(replace(ANSWER, demands=(each,), language=language))
        for each in (absent, hidden, empty)
    ]

    assert letters[0] == letters[1] == letters[2]


@pytest.mark.promise("P3.2")
def test_a_notice_without_any_purpose_says_that_nothing_is_held() -> None:
    said = text(DemandAnswer(kind="notice-of-purpose", items=(), outcome="fulfilled"))

    assert "保有個人データは存在しません" in said
    assert "次のとおりです" not in said


@pytest.mark.promise("P3.13", "P3.17")
@pytest.mark.parametrize(
    ("kind", "article"),
    [
        ("notice-of-purpose", "第32条第3項"),
        ("disclosure", "第33条第3項"),
        ("disclosure-of-provision-records", "第33条第3項・第5項"),
        ("addition", "第34条第3項"),
        ("erasure", "第35条第7項"),
    ],
)
def test_that_nothing_is_held_is_said_under_the_article_of_the_demand(
    kind: str, article: str
) -> None:
    said = text(DemandAnswer(kind=kind, items=(), outcome="nothing-held"))

    assert f"ご請求の対象となる保有個人データは存在しません（法{article}）。" in said


@pytest.mark.promise("P3.5")
def test_a_correction_says_what_became_what() -> None:
    from mamoru.documents.terms import Change

    said = text(
        DemandAnswer(
            kind="correction",
            items=("電話番号",),
            outcome="fulfilled",
            changes=(Change(item="電話番号", before="090-1", after="080-2"),),
        )
    )

    assert "電話番号：「090-1」から「080-2」へ" in said


@pytest.mark.promise("P3.6")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("erased", "held"), [(3, 8), (0, 8), (3, 0)])
def test_an_erasure_claims_no_more_than_it_did(language: str, erased: int, held: int) -> None:
    place = Changed(title="注文", source="店舗", erased=erased, emptied=0, held=held)
    said = text(
        DemandAnswer(kind="erasure", items=(), outcome="fulfilled", changed=(place,)),
        language=language,
    )

    plain = wording.said(wording.DONE, "erasure", language)
    some, none = wording.ERASED_BUT_HELD[language], wording.ONLY_HELD[language]
    whole = {(3, 8): some, (0, 8): none, (3, 0): plain}[erased, held]
    assert whole in said
    rest = said.replace(whole, "")
    assert not [each for each in (plain, some, none) if each in rest]


@pytest.mark.promise("P3.3")
def test_an_annex_counts_what_it_lists() -> None:
    said = text(
        DemandAnswer(kind="disclosure", items=(), outcome="fulfilled", tables=(TABLE, TABLE))
    )

    assert "2種類、合計4件" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_for_papers_shows_what_the_form_said_and_each_point_once(language: str) -> None:
    asked = SupplementRequest(
        issued_within=WITHIN,
        reference=ANSWER.reference,
        received_on=ANSWER.received_on,
        dated_on=ANSWER.dated_on,
        language=language,
        sender=ANSWER.sender,
        addressee=ANSWER.addressee,
        person_name=ANSWER.person_name,
        defects=("items-missing/1", "items-missing/2", "address-differs"),
        message="一行目\n二行目",
        due_on=date(2027, 1, 4),
    )

    built = supplement.build(asked)

    assert len(built.sections[0].bullets) == 2
    assert built.sections[0].paragraphs == ()
    assert built.sections[1].paragraphs == ("一行目", "二行目")
    assert ("2027年1月4日" if language == "ja" else "4 January 2027") in built.text()


@pytest.mark.promise("P3.24")
@pytest.mark.parametrize(("language", "said"), [("ja", "様"), ("en", "")])
def test_whoever_is_written_to_is_addressed_with_sama(language: str, said: str) -> None:
    """様 for a person, a lawyer and a parent alike; 殿 is written to subordinates."""
    built = letter.build(replace(ANSWER, language=language))

    assert built.honorific == said
    asked = supplement.build(replace(ASKED, language=language))
    assert asked.honorific == said


@pytest.mark.promise("P3.24")
def test_whoever_a_letter_speaks_of_is_named_with_sama() -> None:
    answer = letter.build(replace(ANSWER, person_name="髙橋 太郎", agent_name="佐藤 健"))
    asked = supplement.build(replace(ASKED, person_name="髙橋 太郎"))

    for name, words in (
        ("髙橋 太郎", "".join(answer.opening)),
        ("佐藤 健", "".join(answer.opening)),
        ("髙橋 太郎", "".join(asked.opening)),
    ):
        assert words.count(name) == words.count(f"{name}様") == 1
