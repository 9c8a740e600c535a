"""Whom a flag protects: by own keys, by a shared one with the name, and alone where in doubt (P3.11)."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from mamoru.consents import actions, store
from mamoru.consents.terms import Person, Protection, ProtectionGround
from mamoru.kit.ids import SYSTEM
from mamoru.site import wiring
from tests.cases.acts import NOW

pytestmark = pytest.mark.usefixtures("house")
MAIL = "house@mail.example"
HANAKO, TARO = "山本花子", "山本太郎"


def person(member: str = "", mail: str = MAIL, names: Collection[str] = (HANAKO,)) -> Person:
    keys = {"member_id": (member,) if member else (), "email": (mail,) if mail else ()}
    return store.person(wiring.master(), keys, shareable=("email",), names=names)


def flagged(who: Person) -> None:
    flag = Protection(
        reference="C-1/protection/1",
        ground=ProtectionGround.STATEMENT,
        renew_by=(NOW + timedelta(days=300)).date(),
        by=SYSTEM,
        at=NOW,
    )
    actions.protect(who, flag, master=wiring.master())


def protected(who: Person) -> bool:
    return store.protections(wiring.master(), who) != ()


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("name", [HANAKO, "ヤマモトハナコ", TARO])
def test_who_is_known_by_a_shared_key_alone_is_protected_under_every_name(name: str) -> None:
    flagged(person("M1"))

    assert protected(person(names=(name,)))
    assert protected(person(names=()))


@pytest.mark.promise("P3.11")
def test_a_second_number_with_the_same_mailbox_and_name_is_protected_and_no_other_name() -> None:
    flagged(person("M1"))

    assert protected(person("M2"))
    assert not protected(person("M2", names=(TARO,)))
    assert not protected(person("M2", mail="another@mail.example"))


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize("name", [HANAKO, TARO])
def test_a_flag_that_was_set_without_a_number_protects_every_number_of_the_mailbox(
    name: str,
) -> None:
    flagged(person())

    assert protected(person("M1", names=(name,)))
    assert not protected(person("M1", mail="another@mail.example"))


@pytest.mark.promise("P3.11")
def test_one_of_a_house_shelters_another_and_not_themselves() -> None:
    flagged(person("M1"))

    assert store.protects_another(person("M2", names=(TARO,)))
    assert not store.protects_another(person("M1"))
    assert not store.protects_another(person("M2", mail="another@mail.example", names=(TARO,)))
