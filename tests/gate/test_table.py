"""The table of doors and the bitmaps of people say what `decide` and the plain oracle say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from mamoru.gate.audience import Left, People
from mamoru.gate.decide import decide
from mamoru.gate.table import Table
from mamoru.gate.terms import Form, Standing
from tests.gate.test_decide import (
    POLICY,
    _categories,
    _policies,
    _purposes,
    _recipients,
    _standings,
)
from tests.oracle.gate import Grant, Purpose, Small, may

_asked = st.tuples(_purposes, _categories, _recipients)


@pytest.mark.promise("P1.5", "P2.1", "P2.13", "P3.6", "P3.7")
@given(policy=_policies, asked=_asked, standing=st.none() | _standings)
def test_the_table_lets_through_what_the_sentences_let_through(
    policy: Small, asked: tuple[str, str, str], standing: Standing | None
) -> None:
    purpose, category, recipient = asked
    table = Table(policy)

    allowed = table.allows(purpose, category, recipient, table.word(standing))

    assert allowed == may(policy, purpose, category, recipient, standing)
    assert allowed == (
        decide(
            policy, purpose=purpose, category=category, recipient=recipient, standing=standing
        ).allowed
    )


@pytest.mark.promise("P1.5", "P2.1", "P2.13", "P3.6", "P3.7")
@given(
    policy=_policies,
    asked=_asked,
    standings=st.lists(st.none() | _standings, max_size=8),
    later=st.none() | _standings,
)
def test_an_audience_is_who_is_let_through_one_by_one(
    policy: Small,
    asked: tuple[str, str, str],
    standings: list[Standing | None],
    later: Standing | None,
) -> None:
    purpose, category, recipient = asked
    people = People(Table(policy))
    for number, standing in enumerate(standings):
        people.stand(number, standing)
    people.count(purpose, recipient)
    if standings:  # how somebody stood before, and was counted, leaves nothing behind
        people.stand(0, later)
        standings[0] = later

    found = people.allowed(purpose, category, recipient, BitMap(range(len(standings))))

    assert set(found) == {
        number
        for number, standing in enumerate(standings)
        if may(policy, purpose, category, recipient, standing)
    }
    if Table(policy).door(purpose, recipient):
        known = sum(standing is not None for standing in standings)
        out = people.left_out(purpose, recipient)
        assert people.count(purpose, recipient) + sum(out.values()) == known == len(people)


@pytest.mark.promise("P2.1")
def test_each_person_left_out_is_counted_once_by_the_first_reason() -> None:
    people = People(Table(POLICY))
    people.know(range(10))
    people.record(("consented", "PU07", "partner"), range(6))
    people.record(("refused", "PU07"), [0, 1])
    people.record(("suspended",), [1, 2])
    people.record(("erased",), [2])
    people.record(("stopped", "*"), [3])

    assert people.left_out("PU07", "partner") == {
        Left.ERASED: 1,
        Left.SUSPENDED: 1,
        Left.STOPPED: 1,
        Left.REFUSED: 1,
        Left.NO_CONSENT: 4,
    }
    assert set(people.open("PU07", "partner")) == {4, 5}


@pytest.mark.promise("P1.5")
def test_the_same_policy_gives_the_same_doors_in_whatever_order_it_is_written() -> None:
    turned = Small(
        purposes=POLICY.purposes,
        grants=dict(reversed([*POLICY.grants.items()])),
        digest=POLICY.digest,
    )

    assert Table(POLICY).doors == Table(turned).doors


@pytest.mark.promise("P1.5")
def test_a_suppressed_grant_makes_no_door_and_stands_behind_none() -> None:
    policy = Small(
        purposes={"PU01": Purpose(), "PU02": Purpose()},
        grants={
            ("PU01", "birth", "internal"): Grant(form="suppressed"),
            ("PU02", "birth", "internal"): Grant(form="suppressed"),
            ("PU02", "contact", "internal"): Grant(),
        },
    )
    table = Table(policy)

    assert [(door.purpose, dict(door.categories)) for door in table.doors] == [
        ("PU02", {"contact": Form.CLEAR})
    ]
    assert table.door("PU01", "internal") is None


@pytest.mark.promise("P2.13", "P3.6")
@pytest.mark.parametrize("way", ["stand", "record", "know"])
def test_a_change_counts_from_the_next_question_on(way: str) -> None:
    people = People(Table(POLICY))
    people.know(range(4))
    people.record(("refused", "PU01"), [0])
    people.record(("stopped", "*"), [1])
    assert set(people.open("PU01", "freight")) == {2, 3}

    if way == "stand":
        people.stand(2, Standing(suspended=True))
    elif way == "record":
        people.record(("suspended",), [2])
    else:
        people.know([4])

    assert set(people.open("PU01", "freight")) == ({2, 3, 4} if way == "know" else {3})
