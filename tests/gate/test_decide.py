"""May this purpose see this category, for this person (P1.5, P2.1, P2.13, P3.6, P3.7)?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.gate.decide import decide
from mamoru.gate.terms import Code, Form, Standing, strictest
from tests.oracle.gate import Grant, Purpose, Small, may

OPEN = Standing()
POLICY = Small(
    purposes={
        "PU01": Purpose(),
        "PU02": Purpose(needs="not-refused"),
        "PU07": Purpose(needs="consent"),
        "PU08": Purpose(basis="law"),
    },
    grants={
        ("PU01", "contact", "internal"): Grant(),
        ("PU01", "payment", "internal"): Grant(form="masked"),
        ("PU01", "contact", "freight"): Grant(clause="c-freight"),
        ("PU02", "contact", "internal"): Grant(),
        ("PU07", "contact", "partner"): Grant(),
        ("PU08", "contact", "internal"): Grant(),
        ("PU08", "birth", "internal"): Grant(form="suppressed", clause="c-hidden"),
    },
)

_purposes = st.sampled_from(["PU01", "PU01.a", "PU02", "PU07", "PU08", "PU99"])
_categories = st.sampled_from(["contact", "payment", "birth"])
_recipients = st.sampled_from(["internal", "freight", "partner"])
_standings = st.builds(
    Standing,
    consents=st.frozensets(st.tuples(_purposes, _recipients | st.just("*")), max_size=3),
    refusals=st.frozensets(_purposes, max_size=2),
    suspended=st.booleans(),
    stopped=st.frozensets(_recipients | st.just("*"), max_size=2),
    tombstone=st.booleans(),
)
_policies = st.builds(
    Small,
    purposes=st.dictionaries(
        _purposes,
        st.builds(
            Purpose,
            basis=st.sampled_from(["stated", "consent", "law", "entrustment"]),
            needs=st.sampled_from(["none", "not-refused", "consent"]),
        ),
    ),
    grants=st.dictionaries(
        st.tuples(_purposes, _categories, _recipients),
        st.builds(Grant, form=st.sampled_from(list(Form))),
    ),
    by_name=st.frozensets(st.sampled_from(["freight", "partner"])),
)


def _ask(purpose: str, category: str = "contact", recipient: str = "internal") -> object:
    return decide(
        POLICY, purpose=purpose, category=category, recipient=recipient, standing=OPEN
    ).code


@pytest.mark.promise("P1.5", "P2.1")
def test_what_is_not_granted_is_refused_with_purpose_category_clause_and_remedy() -> None:
    verdict = decide(POLICY, purpose="PU01", category="birth", recipient="internal", standing=OPEN)

    assert (verdict.allowed, verdict.code, verdict.form) == (
        False,
        Code.NOT_GRANTED,
        Form.SUPPRESSED,
    )
    assert "`PU01`" in verdict.reason
    assert "`birth`" in verdict.reason
    assert verdict.clause == "c-purpose"
    assert verdict.remedy


@pytest.mark.promise("P2.1")
@pytest.mark.parametrize(
    ("refused", "closed"), [("PU01", {"PU01", "PU01.a"}), ("PU01.a", {"PU01.a"})]
)
def test_who_refuses_a_purpose_refuses_its_parts_and_not_the_other_way(
    refused: str, closed: set[str]
) -> None:
    policy = Small(
        purposes={"PU01": Purpose(), "PU01.a": Purpose()},
        grants={(each, "contact", "internal"): Grant() for each in ("PU01", "PU01.a")},
    )
    standing = Standing(refusals=frozenset({refused}))

    found = {
        each: decide(
            policy, purpose=each, category="contact", recipient="internal", standing=standing
        )
        for each in ("PU01", "PU01.a")
    }

    assert {each for each, verdict in found.items() if not verdict.allowed} == closed


@pytest.mark.promise("P2.1")
def test_a_part_of_a_purpose_inherits_nothing() -> None:
    assert (_ask("PU01"), _ask("PU01.a")) == (Code.GRANTED, Code.UNKNOWN_PURPOSE)


@pytest.mark.promise("P2.13")
def test_a_grant_for_us_is_none_for_others() -> None:
    assert _ask("PU02", recipient="freight") == Code.NOT_GRANTED


def test_an_unknown_standing_closes() -> None:
    verdict = decide(
        POLICY, purpose="PU08", category="contact", recipient="internal", standing=None
    )

    assert verdict.code is Code.STANDING_UNKNOWN


@pytest.mark.promise("P3.6", "P3.7")
@pytest.mark.parametrize(
    ("change", "purpose", "recipient", "code"),
    [
        ({"suspended": True}, "PU01", "internal", Code.STANDING_CLOSED),
        ({"suspended": True}, "PU08", "internal", Code.GRANTED),
        ({"tombstone": True}, "PU01", "internal", Code.STANDING_CLOSED),
        ({"stopped": frozenset({"*"})}, "PU01", "freight", Code.STANDING_CLOSED),
        ({"stopped": frozenset({"*"})}, "PU01", "internal", Code.GRANTED),
        ({"refusals": frozenset({"PU02"})}, "PU02", "internal", Code.STANDING_CLOSED),
        ({}, "PU07", "partner", Code.CONSENT_MISSING),
        ({"consents": frozenset({("PU07", "partner")})}, "PU07", "partner", Code.GRANTED),
        ({"consents": frozenset({("PU07", "freight")})}, "PU07", "partner", Code.CONSENT_MISSING),
    ],
)
def test_the_persons_standing_decides(
    change: dict[str, frozenset[str]], purpose: str, recipient: str, code: Code
) -> None:
    standing = replace(OPEN, **change)  # type: ignore[arg-type]

    verdict = decide(
        POLICY, purpose=purpose, category="contact", recipient=recipient, standing=standing
    )

    assert verdict.code is code


@pytest.mark.promise("P2.13")
@pytest.mark.parametrize(
    ("consents", "code"),
    [
        (set(), Code.CONSENT_MISSING),
        ({("PU01", "*")}, Code.CONSENT_MISSING),
        ({("PU01", "partner")}, Code.CONSENT_MISSING),
        ({("PU02", "freight")}, Code.CONSENT_MISSING),
        ({("PU01", "freight")}, Code.GRANTED),
    ],
)
def test_a_third_party_receives_only_by_a_consent_that_names_it(
    consents: set[tuple[str, str]], code: Code
) -> None:
    policy = replace(POLICY, by_name=frozenset({"freight"}))

    verdict = decide(
        policy,
        purpose="PU01",
        category="contact",
        recipient="freight",
        standing=Standing(consents=frozenset(consents)),
    )

    assert verdict.code is code


@pytest.mark.promise("P1.5")
def test_a_refusal_does_not_tell_why_the_person_is_closed() -> None:
    reasons = {
        decide(POLICY, purpose="PU01", category="contact", recipient="internal", standing=standing)
        for standing in (
            Standing(suspended=True),
            Standing(tombstone=True),
            Standing(refusals=frozenset({"PU01"})),
        )
    }

    assert len(reasons) == 1


@pytest.mark.promise("P1.5", "P2.1", "P2.13", "P3.6", "P3.7")
@given(_policies, _purposes, _categories, _recipients, st.none() | _standings)
def test_decides_as_the_plain_gate_does(
    policy: Small, purpose: str, category: str, recipient: str, standing: Standing | None
) -> None:
    verdict = decide(
        policy, purpose=purpose, category=category, recipient=recipient, standing=standing
    )

    assert verdict.allowed is may(policy, purpose, category, recipient, standing)
    assert verdict.allowed is (verdict.form is not Form.SUPPRESSED)


@given(_policies, _purposes, _recipients, _standings, _standings)
def test_a_second_record_never_opens_what_the_first_closes(
    policy: Small, purpose: str, recipient: str, one: Standing, other: Standing
) -> None:
    def allowed(standing: Standing | None) -> bool:
        return decide(
            policy, purpose=purpose, category="contact", recipient=recipient, standing=standing
        ).allowed

    assert allowed(strictest([one, other])) <= allowed(one)


def test_no_record_is_no_standing() -> None:
    assert strictest([]) is None
