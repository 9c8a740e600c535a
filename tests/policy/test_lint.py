"""Rules L01 to L18: each finds what is missing, and a careful policy passes all."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mamoru.policy import lint, parts
from mamoru.policy.terms import Severity
from tests.policy import sample

TODAY = date(2026, 11, 24)


def drop(*path: str) -> Callable[[Any], None]:
    def bend(values: Any) -> None:
        for step in path[:-1]:
            values = values[step]
        del values[path[-1]]

    return bend


def put(value: Any, *path: Any) -> Callable[[Any], None]:
    def bend(values: Any) -> None:
        for step in path[:-1]:
            values = values[step]
        values[path[-1]] = value

    return bend


def no_measures(values: Any) -> None:
    values["measures"] = []
    values["measures_on_request"] = None


def unsaid_countries(values: Any) -> None:
    values["recipients"][2].update(country="JP", basis="entrustment")
    del values["countries"]


def vague(values: Any) -> None:
    sample.part(values, "clauses", "purpose.analysis")["ja"] = "サービスの品質向上のための研究"


def vague_with_a_blank(values: Any) -> None:
    words = "サービスの品質 向上のための研究"
    sample.part(values, "clauses", "purpose.analysis")["ja"] = words


def unstated(values: Any) -> None:
    sample.part(values, "clauses", "purpose.sales")["ja"] = "営業：サービスの紹介、商談および見積り"


def joint_user(values: Any) -> None:
    values["recipients"][1].update(kind="joint-user", basis="joint-use")


def every_kind(values: Any) -> None:
    del values["requests"]["grounds"][4]["kinds"]


def denied(values: Any) -> None:
    words = "本人が同意した配送会社への引渡し（そのほかの第三者には提供しません。）"
    for grant in values["grants"]:
        if "freight" in grant.get("recipients", []):
            purpose = sample.part(values, "purposes", grant["purpose"])
            sample.part(values, "clauses", purpose["clause"])["ja"] = words


def half_stated(word: str) -> Callable[[Any], None]:
    def bend(values: Any) -> None:
        sample.part(values, "clauses", "purpose.sales")["ja"] = f"営業：商談の内容の{word}"

    return bend


def somebody_abroad(values: Any) -> None:
    """One more entrustee, behind all the others, in a country that the policy does not name."""
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


def looked_at_long_ago(values: Any) -> None:
    values["countries"][0]["reviewed_on"] = "1990-04-01"


def abroad_at_home(values: Any) -> None:
    values["recipients"][3].update(kind="foreign-third-party", country="JP")


def one_sentence_for_all(values: Any) -> None:
    values["measures_on_request"] = None
    for measure in values["measures"]:
        measure["clause"] = values["measures"][0]["clause"]


def priced(values: Any) -> None:
    values["requests"]["fee"] = {"yen": 1000, "kinds": ["disclosure"], "clause": "way.fee"}


def priced_in_words(values: Any) -> None:
    sample.part(values, "clauses", "way.fee")["ja"] = "手数料は1件につき１,０００円です。"


def without_agents(values: Any) -> None:
    values["requests"]["ways"] = [w for w in values["requests"]["ways"] if w["id"] != "agent"]


def without_erasure(values: Any) -> None:
    values["requests"]["kinds"] = [
        kind for kind in values["requests"]["kinds"] if kind["kind"] != "erasure"
    ]


CASES = [
    ("L01", Severity.ERROR, drop("company", "address")),
    ("L02", Severity.ERROR, drop("company", "representative")),
    ("L02", Severity.WARNING, drop("company", "representative", "confirmed_on")),
    ("L03", Severity.ERROR, no_measures),
    ("L04", Severity.ERROR, put([], "countries")),
    ("L04", Severity.WARNING, unsaid_countries),
    ("L05", Severity.NOTICE, drop("requests", "fee")),
    ("L05", Severity.ERROR, put(500, "requests", "fee", "yen")),
    ("L06", Severity.ERROR, drop("requests", "desk")),
    ("L07", Severity.NOTICE, drop("company", "accredited_body")),
    ("L08", Severity.ERROR, joint_user),
    ("L08", Severity.NOTICE, drop("joint_use")),
    ("L09", Severity.ERROR, put("opt-out", "recipients", 3, "basis")),
    ("L09", Severity.NOTICE, drop("opt_out")),
    ("L10", Severity.ERROR, unstated),
    ("L11", Severity.ERROR, put(["erasure"], "requests", "grounds", 5, "kinds")),
    ("L11", Severity.WARNING, every_kind),
    ("L12", Severity.ERROR, put(["paper"], "requests", "methods")),
    ("L13", Severity.WARNING, vague),
    ("L13", Severity.WARNING, vague_with_a_blank),
    ("L14", Severity.ERROR, drop("requests", "foreign_information")),
    ("L15", Severity.ERROR, put("law", "purposes", 1, "basis")),
    ("L02", Severity.WARNING, put("2999-01-01", "company", "representative", "confirmed_on")),
    ("L03", Severity.ERROR, one_sentence_for_all),
    ("L04", Severity.WARNING, looked_at_long_ago),
    ("L04", Severity.ERROR, abroad_at_home),
    ("L05", Severity.ERROR, priced),
    ("L05", Severity.ERROR, priced_in_words),
    ("L10", Severity.ERROR, denied),
    ("L10", Severity.ERROR, half_stated("第三者への引渡し")),
    ("L10", Severity.ERROR, half_stated("配送会社への提供")),
    ("L04", Severity.ERROR, somebody_abroad),
    ("L16", Severity.ERROR, without_erasure),
    ("L17", Severity.ERROR, without_agents),
    ("L18", Severity.ERROR, put(60, "requests", "answer_within_days")),
    ("L18", Severity.ERROR, drop("requests", "answer_within_days")),
    ("L18", Severity.ERROR, put(90, "requests", "papers", "erased_within_days")),
]


@pytest.mark.promise("P1.4", "P1.11", "P2.13", "P3.14", "P3.15", "P3.16", "P3.24", "P3.25", "P3.26")
@pytest.mark.parametrize(("code", "severity", "bend"), CASES)
def test_each_rule_finds_its_gap_and_nothing_else(
    code: str, severity: Severity, bend: Callable[[Any], None]
) -> None:
    found = lint.lint(sample.bent(bend), today=TODAY)

    assert [(finding.code, finding.severity) for finding in found] == [(code, severity)]
    assert all(text for text in (found[0].ja, found[0].en, found[0].base, found[0].remedy_ja))


def test_the_cases_above_try_every_code() -> None:
    assert {code for code, _, _ in CASES} == {f"L{n:02d}" for n in range(1, 19)}
    assert len(lint.RULES) == 18


def test_the_sample_policy_passes_every_rule() -> None:
    assert lint.lint(sample.policy(), today=TODAY) == ()


def test_a_representative_confirmed_more_than_a_year_ago_is_a_warning() -> None:
    confirmed = date(2026, 3, 2)

    policy = sample.bent(put("2026-05-01", "countries", 0, "reviewed_on"))
    fresh = lint.lint(policy, today=confirmed + timedelta(days=366))
    stale = lint.lint(policy, today=confirmed + timedelta(days=367))

    assert fresh == ()
    assert [finding.code for finding in stale] == ["L02"]


# The law's table, written a second time by kind (appi-reference 6.2).
_LEGAL = {
    "notice-of-purpose": {"harm-to-rights"},
    "disclosure": {"harm-to-rights", "hindrance-to-business", "other-law"},
    "disclosure-of-provision-records": {"harm-to-rights", "hindrance-to-business", "other-law"},
}


@pytest.mark.promise("P3.14", "P3.15", "P3.16")
@settings(deadline=None)
@given(st.sampled_from(parts.GROUNDS[4:]), st.sampled_from(parts.DEMAND_KINDS))
def test_a_ground_outside_the_laws_table_is_refused_and_cut_away(ground: str, kind: str) -> None:
    def bend(values: Any) -> None:
        sample.part(values["requests"], "grounds", ground, key="ground")["kinds"] = [kind]

    policy = sample.bent(bend)

    legal = ground in _LEGAL.get(kind, set())
    assert bool(lint.errors(policy, today=TODAY)) is not legal
    assert (kind in lint.kinds_of(policy, ground)) is legal


def test_the_first_four_grounds_fit_every_kind() -> None:
    for ground in parts.GROUNDS[:4]:
        assert lint.kinds_of(sample.policy(), ground) == set(parts.DEMAND_KINDS)
