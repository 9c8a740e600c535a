"""What a new version changes for people, and whether they must be told or asked."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mamoru.policy import diff, document, labels
from mamoru.policy.document import Policy, PolicyInvalid
from mamoru.policy.terms import Need, ProvisionBasis, RecipientKind
from tests.policy import sample


def codes(before: Policy, after: Policy) -> list[tuple[str, str, Need]]:
    return [(c.code, c.subject, c.need) for c in diff.compare(before, after).changes]


def changed(bend: Callable[[Any], None]) -> list[tuple[str, str, Need]]:
    return codes(sample.policy(), sample.bent(bend))


def part(values: Any, field: str, id: str) -> Any:  # noqa: A002
    return sample.part(values, field, id)


def test_a_policy_does_not_differ_from_itself() -> None:
    assert diff.compare(sample.policy(), sample.policy()).changes == ()


def test_every_part_of_the_file_has_its_rule() -> None:
    assert set(diff.RULES) == set(Policy.model_fields)


def add_purpose(values: Any) -> None:
    values["clauses"].append(
        {"id": "purpose.resale", "promises": ["P2.1"], "ja": "販売", "en": "Sale"}
    )
    sample.part(values, "page", "purposes")["bullets"].append("purpose.resale")
    values["purposes"].append(
        {"id": "PU11", "title": {"ja": "販売", "en": "Sale"}, "clause": "purpose.resale"}
    )


@pytest.mark.promise("P1.4", "P1.5")
def test_an_added_purpose_asks_for_consent_and_a_removed_one_for_publication() -> None:
    with_it = sample.bent(add_purpose)

    assert codes(sample.policy(), with_it) == [("purpose-added", "PU11", Need.CONSENT)]
    assert codes(with_it, sample.policy()) == [("purpose-removed", "PU11", Need.PUBLICATION)]


@pytest.mark.promise("P1.5")
def test_a_reworded_purpose_asks_for_notice_and_names_both_wordings() -> None:
    after = sample.bent(
        lambda v: part(v, "clauses", "purpose.prizes").update(ja="賞品の送付と広告")
    )

    (change,) = diff.compare(sample.policy(), after).changes

    assert (change.code, change.subject, change.need) == ("purpose-reworded", "PU03", Need.NOTICE)
    assert "賞品の送付と広告" in change.ja
    assert sample.policy().clause("purpose.prizes").ja in change.ja
    assert "17(2)" in change.article


@pytest.mark.promise("P1.5", "P2.13")
def test_widening_is_told_from_narrowing_and_weighed_by_who_receives() -> None:
    def to_mailing(values: Any) -> None:
        values["grants"].append(
            {"purpose": "PU05", "categories": ["name"], "recipients": ["mailing"]}
        )

    def to_freight(values: Any) -> None:
        values["grants"].append(
            {"purpose": "PU05", "categories": ["name"], "recipients": ["freight"]}
        )

    def inside(values: Any) -> None:
        values["grants"].append({"purpose": "PU05", "categories": ["birth"]})

    assert changed(to_mailing) == [("purpose-widened", "PU05/mailing", Need.PUBLICATION)]
    assert changed(to_freight) == [("purpose-widened", "PU05/freight", Need.CONSENT)]
    assert changed(inside) == [("purpose-widened", "PU05/internal", Need.NOTICE)]
    assert codes(sample.bent(inside), sample.policy()) == [
        ("purpose-narrowed", "PU05/internal", Need.PUBLICATION)
    ]


@pytest.mark.promise("P2.13")
@pytest.mark.parametrize(
    ("recipient", "need"),
    [
        ("internal", Need.NOTICE),
        ("mailing", Need.NOTICE),
        ("processing", Need.JUDGEMENT),
        ("freight", Need.CONSENT),
    ],
)
def test_counts_that_become_somebodys_data_are_weighed_by_who_receives_them(
    recipient: str, need: Need
) -> None:
    def granted(values: Any, **seen: object) -> None:
        grant = {"purpose": "PU05", "categories": ["company"], "recipients": [recipient], **seen}
        values["grants"] = [each for each in values["grants"] if each["purpose"] != "PU05"]
        values["grants"].append(grant)

    counted = sample.bent(lambda values: granted(values, form="aggregate", minimum=10))
    clear = sample.bent(granted)

    assert codes(counted, clear) == [("purpose-widened", f"PU05/company/{recipient}", need)]
    assert codes(clear, counted) == [
        ("purpose-narrowed", f"PU05/company/{recipient}", Need.PUBLICATION)
    ]


@pytest.mark.promise("P2.13")
@pytest.mark.parametrize(
    ("kind", "basis", "country", "need"),
    [
        ("third-party", "consent", "JP", Need.CONSENT),
        ("third-party", "law", "JP", Need.PUBLICATION),
        ("third-party", "opt-out", "JP", Need.NOTICE),
        ("foreign-third-party", "foreign-consent", "US", Need.CONSENT),
        ("joint-user", "joint-use", "JP", Need.NOTICE),
        ("entrustee", "entrustment", "JP", Need.PUBLICATION),
        ("entrustee", "entrustment", "US", Need.CONSENT),
        ("entrustee", "equivalent-system", "US", Need.JUDGEMENT),
    ],
)
def test_a_new_recipient_is_weighed_by_articles_27_and_28(
    kind: str, basis: str, country: str, need: Need
) -> None:
    def bend(values: Any) -> None:
        values["recipients"].append(
            {
                "id": "newcomer",
                "kind": kind,
                "title": {"ja": "新しい会社", "en": "Newcomer K.K."},
                "clause": "provision.consent",
                "basis": basis,
                "country": country,
                "contract": "E-1",
            }
        )

    assert changed(bend) == [("recipient-added", "newcomer", need)]


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda v: part(v, "purposes", "PU02")["retention"].update(months=24), "retention-longer"),
        (lambda v: part(v, "purposes", "PU08")["retention"].update(months=1), "retention-shorter"),
        (lambda v: v["requests"]["fee"].update(yen=300, kinds=["disclosure"]), "fee-raised"),
        (lambda v: v["requests"]["desk"].update(mail="other@minato-link.example"), "desk-changed"),
        (lambda v: v["requests"]["grounds"][4].pop("kinds"), "ground-widened"),
        (lambda v: v["requests"]["grounds"][5].update(kinds=["disclosure"]), "ground-narrowed"),
        (lambda v: v["requests"]["kinds"].pop(), "request-kind-removed"),
        (
            lambda v: v["company"]["address"].update(ja="東京都港区海岸一丁目"),
            "company-address-changed",
        ),
        (lambda v: v["measures"].pop(), "measure-removed"),
        (lambda v: part(v, "purposes", "PU02").update(needs="none"), "purpose-widened"),
        (lambda v: part(v, "purposes", "PU02").update(basis="law"), "purpose-widened"),
        (lambda v: part(v, "purposes", "PU03").update(basis="consent"), "purpose-narrowed"),
        (lambda v: v["requests"]["purposes"].append("PU02"), "request-purposes-widened"),
        (lambda v: part(v, "clauses", "way.fee").update(en="Free."), "translation-changed"),
    ],
)
def test_each_kind_of_change_has_its_own_name(bend: Callable[[Any], None], code: str) -> None:
    assert [found for found, _, _ in changed(bend)] == [code]


@pytest.mark.promise("P1.5")
def test_what_a_services_terms_newly_allow_is_named_and_asks_for_consent() -> None:
    def gain(values: Any) -> None:
        values["services"][0]["purposes"].append("PU04")

    after = sample.bent(gain)
    service = after.services[0]

    (change,) = diff.compare(sample.policy(), after).changes
    (back,) = diff.compare(after, sample.policy()).changes

    assert (change.code, change.need) == ("purpose-widened", Need.CONSENT)
    assert service.title.ja in change.ja
    assert after.purpose("PU04").title.ja in change.ja
    assert "PU04" in change.en
    assert (back.code, back.need) == ("purpose-narrowed", Need.PUBLICATION)
    gone = sample.bent(lambda v: v["services"].pop(0))
    assert codes(sample.policy(), gone) == [
        ("service-removed", f"services[{service.id}]", Need.NOTICE)
    ]


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (lambda v: v["requests"].update(answer_within_days=60), "(14 → 60)"),
        (lambda v: v["requests"]["papers"].update(erased_within_days=90), "(30 → 90)"),
        (lambda v: v["requests"].update(methods=["paper"]), "(書面、電磁的記録 → 書面)"),
        (lambda v: v["countries"][0].update(reviewed_on="2026-05-01"), "2026-05-01)"),
        (lambda v: part(v, "categories", "name").update(contactable=True), "(いいえ → はい)"),
    ],
)
def test_both_values_of_a_changed_detail_are_told(bend: Callable[[Any], None], said: str) -> None:
    (change,) = diff.compare(sample.policy(), sample.bent(bend)).changes

    assert said in change.ja


@pytest.mark.promise("P1.4")
def test_data_that_is_called_less_sensitive_than_it_was_is_for_people_to_judge() -> None:
    special = sample.bent(lambda v: part(v, "categories", "name").update(special=True))
    related = sample.bent(lambda v: part(v, "categories", "name").update(kind="person-related"))

    less, more = codes(special, sample.policy()), codes(sample.policy(), special)

    assert less == [("detail-changed", "categories[name].special", Need.JUDGEMENT)]
    assert more == [("detail-changed", "categories[name].special", Need.PUBLICATION)]
    assert [need for _, _, need in codes(sample.policy(), related)] == [Need.JUDGEMENT]
    assert [need for _, _, need in codes(related, sample.policy())] == [Need.PUBLICATION]


@pytest.mark.promise("P3.6", "P3.18")
def test_a_right_that_the_law_gives_is_not_met_by_publishing_that_it_is_gone() -> None:
    def no_erasure(values: Any) -> None:
        asked = values["requests"]
        asked["kinds"] = [each for each in asked["kinds"] if each["kind"] != "erasure"]

    def no_agent(values: Any) -> None:
        asked = values["requests"]
        asked["ways"] = [each for each in asked["ways"] if each["id"] != "agent"]

    (kind,) = diff.compare(sample.policy(), sample.bent(no_erasure)).changes
    (way,) = diff.compare(sample.policy(), sample.bent(no_agent)).changes

    assert (kind.code, kind.need) == ("request-kind-removed", Need.FORBIDDEN)
    assert (way.code, way.need) == ("way-removed", Need.FORBIDDEN)
    assert "請求の方法「代理人による請求」がなくなります" in way.ja
    assert kind.asks("ja") == "法律上、行えない、法32条1項3号、33条、34条、35条"


@pytest.mark.parametrize(
    ("was", "now", "need"),
    [
        ("stated", "law", Need.CONSENT),
        ("consent", "stated", Need.CONSENT),
        ("consent", "law", Need.CONSENT),
        ("law", "stated", Need.PUBLICATION),
        ("stated", "consent", Need.PUBLICATION),
        ("stated", "entrustment", Need.NOTICE),
    ],
)
def test_what_goes_on_though_people_refuse_it_needs_their_consent(
    was: str, now: str, need: Need
) -> None:
    def resting_on(basis: str) -> Policy:
        return sample.bent(lambda v: part(v, "purposes", "PU03").update(basis=basis))

    before, after = resting_on(was), resting_on(now)

    assert [found for _, _, found in codes(before, after)] == [need]
    said = " ".join(change.ja for change in diff.compare(before, after).changes)
    assert ("停止を求めたりしても" in said) is (now == "law")


def test_a_retention_that_loses_its_law_is_neither_longer_nor_shorter() -> None:
    def kept(values: Any, **law: object) -> None:
        after = {"ja": "契約の終了", "en": "the end of the contract"}
        part(values, "purposes", "PU01").update(retention={"months": 84, "after": after, **law})

    before = sample.bent(lambda v: kept(v, law={"ja": "会社法第432条", "en": "Companies Act 432"}))

    assert [code for code, _, _ in codes(before, sample.bent(kept))] == ["retention-changed"]


@pytest.mark.promise("P0.2")
def test_a_promise_that_no_sentence_makes_any_more_is_named() -> None:
    def bend(values: Any) -> None:
        for clause in values["clauses"]:
            clause["promises"] = [p for p in clause["promises"] if p != "P3.20"] or ["P3.18"]

    found = diff.compare(sample.policy(), sample.bent(bend))

    assert [c.subject for c in found.changes if c.code == "promise-dropped"] == ["P3.20"]
    assert found.need is Need.NOTICE


# Words of policy.yaml that have no place in a Japanese sentence.
_WORDS_OF_THE_FILE = [
    member.value for closed in (RecipientKind, ProvisionBasis) for member in closed if "-" in member
] + ["None", "not-refused", "entrustee"]
_DATES = {"version", "published_on", "effective_from"}


def _texts(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, child in value.items() for leaf in _texts(child, (*path, key))]
    if isinstance(value, list):
        return [leaf for at, child in enumerate(value) for leaf in _texts(child, (*path, at))]
    return [path] if path[0] not in _DATES else []


@settings(deadline=None)
@given(st.data())
def test_no_change_of_a_value_passes_in_silence(data: st.DataObject) -> None:
    values = sample.plain()
    *parents, last = data.draw(st.sampled_from(_texts(values)))
    here = values
    for step in parents:
        here = here[step]
    old = here[last]
    others = [
        str(old) + "猫",
        "electronic",
        7,
        "2020-02-02",
        "P0.1",
        "US",
        "none",
        "consent",
        "way.fee",
    ]
    here[last] = data.draw(st.sampled_from([other for other in others if other != old]))
    try:
        after = document.build(values)
    except PolicyInvalid:
        return

    forth, back = diff.compare(sample.policy(), after), diff.compare(after, sample.policy())

    assert forth.changes
    assert back.changes
    spoken = " ".join(change.ja + change.asks("ja") for change in (*forth.changes, *back.changes))
    assert [word for word in _WORDS_OF_THE_FILE if word in spoken] == []


def test_the_two_published_samples_differ_in_words_of_both_languages() -> None:
    old = document.load(sample.FOLDER / "published" / "2024-04-01.yaml")

    found = diff.compare(old, sample.policy())

    assert found.need is Need.CONSENT
    assert {c.subject for c in found.asking} >= {"PU04", "freight", "PU01.a/freight"}
    assert all(c.ja and c.en and c.words("en") == c.en for c in found.changes)
    weights = [c.need.weight for c in found.changes]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.promise("P2.14")
def test_a_foreign_entrustee_is_never_a_matter_of_publishing_alone() -> None:
    def bend(values: Any) -> None:
        values["recipients"].append(
            {
                "id": "cloud",
                "kind": "entrustee",
                "title": {"ja": "クラウド社", "en": "Cloud Inc."},
                "clause": "provision.consent",
                "basis": "equivalent-system",
                "country": "US",
                "contract": "E-9",
            }
        )

    (change,) = diff.compare(sample.policy(), sample.bent(bend)).changes

    assert change.asks("ja") == "同意が要るかどうかの判断が必要、法28条1項、3項、規則16条、18条"
    assert "規則16条の基準" in change.ja
    assert "委託先、US、基準適合体制" in change.ja
    assert "Rule 16" in change.en


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("Act 17(2), 18(1), 21(3)", "法17条2項、18条1項、21条3項"),
        ("Act 27(5)(iii), (6)", "法27条5項3号、6項"),
        ("Act 32(1)(iv); Order 10(i)", "法32条1項4号、令10条1号"),
        ("Act 28; guideline 10-7", "法28条、ガイドライン通則編 10-7"),
        ("-", ""),
    ],
)
def test_articles_are_cited_as_a_japanese_office_cites_them(article: str, said: str) -> None:
    assert labels.citation(article, "ja") == said
