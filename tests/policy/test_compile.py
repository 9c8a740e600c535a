"""The compiled table: what is not granted is refused (P1.5)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mamoru.policy.compile import compile_policy
from mamoru.policy.document import Policy
from mamoru.policy.terms import Form, RecipientKind
from tests.policy import sample

COMPILED = compile_policy(sample.policy())


def granted_by_reading(policy: Policy, purpose: str, category: str, recipient: str) -> Form | None:
    """Read the file's lists afresh for one question: slow, plain, and written apart."""
    if category == "request-paper":
        return Form.CLEAR if (purpose, recipient) == ("PU08", "internal") else None
    if purpose == "APPI-33":  # answering a demand is what the law asks for, not the company
        known = category in {each.id for each in policy.categories}
        return Form.CLEAR if known and recipient == "internal" else None
    for grant in policy.grants:
        fits = purpose == grant.purpose and category in grant.categories
        if fits and recipient in grant.recipients and grant.form != "suppressed":
            return grant.form
    return None


@pytest.mark.promise("P1.5", "P2.13", "P2.16")
@settings(deadline=None)
@given(
    st.sampled_from([*COMPILED.purposes, "PU99"]),
    st.sampled_from([*COMPILED.categories, "none", "secret"]),
    st.sampled_from([*COMPILED.recipients, "stranger"]),
)
def test_the_table_says_what_the_file_says_and_no_more(
    purpose: str, category: str, recipient: str
) -> None:
    grant = COMPILED.grant(purpose, category, recipient)

    assert (grant.form if grant else None) == granted_by_reading(
        sample.policy(), purpose, category, recipient
    )


@pytest.mark.promise("P3.25")
def test_papers_of_requests_are_open_to_answering_inside_the_company_and_to_nothing_else() -> None:
    opened = [grant for grant in COMPILED.grants.values() if grant.category == "request-paper"]

    assert [(grant.purpose, grant.recipient) for grant in opened] == [("PU08", "internal")]
    assert COMPILED.clauses[opened[0].clause].promises == ("P3.25",)


@pytest.mark.promise("P3.3")
def test_answering_a_demand_rests_on_law_and_reaches_nobody_outside() -> None:
    by_law = [grant for grant in COMPILED.grants.values() if grant.purpose == "APPI-33"]

    assert COMPILED.purposes["APPI-33"].basis == "law"
    assert {grant.recipient for grant in by_law} == {"internal"}
    assert {grant.category for grant in by_law} == set(COMPILED.categories) - {"request-paper"}


@pytest.mark.promise("P2.2", "P2.10")
def test_marketing_sees_no_personnel_data_and_personnel_no_trades() -> None:
    marketing = {c for p, c, _ in COMPILED.grants if p == "PU02"}
    personnel = {c for p, c, _ in COMPILED.grants if p == "PU10"}

    assert marketing == {"name", "address", "contact", "preference"}
    assert "order" not in personnel
    assert COMPILED.purposes["PU02"].needs == "not-refused"


@pytest.mark.promise("P2.13")
def test_third_parties_receive_only_on_a_clause_of_provision_and_by_consent() -> None:
    outside = {r.id for r in COMPILED.recipients.values() if r.kind is RecipientKind.THIRD_PARTY}

    given_out = [grant for grant in COMPILED.grants.values() if grant.recipient in outside]

    assert given_out
    assert all("P2.13" in COMPILED.clauses[grant.clause].promises for grant in given_out)
    assert all(COMPILED.recipients[grant.recipient].basis == "consent" for grant in given_out)
    assert COMPILED.by_name == outside


@pytest.mark.promise("P2.1")
def test_a_whole_purpose_and_its_parts_are_granted_apart() -> None:
    assert not any(purpose == "PU01" for purpose, _, _ in COMPILED.grants)
    assert COMPILED.grant("PU01.d", "payment", "internal") is not None
    assert COMPILED.grant("PU01.b", "payment", "internal") is None


def test_every_grant_and_every_purpose_rests_on_a_published_clause() -> None:
    assert all(grant.clause in COMPILED.clauses for grant in COMPILED.grants.values())
    assert all(COMPILED.clauses[COMPILED.clause_of(purpose)].ja for purpose in COMPILED.purposes)


def test_a_suppressed_grant_is_none() -> None:
    policy = sample.bent(lambda v: v["grants"][0].update(form="suppressed"))

    assert compile_policy(policy).grant("PU01.a", "name", "internal") is None
