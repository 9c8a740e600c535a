"""A contact that was changed a short time ago proves nothing, and its earlier holder hears of it (A2)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.models import ContactChangeRow
from mamoru.cases.terms import (
    AnswerMethod,
    Channel,
    Demand,
    DemandKind,
    DispatchKind,
    Filing,
    ProofKind,
    ProofOf,
    Stage,
    Subject,
    TellingWay,
    Work,
)
from mamoru.connectors.port import StoreError
from mamoru.datamap.inventory import DataMap, Table
from mamoru.identity.recent import Contact, ContactChange
from mamoru.kit import clock
from mamoru.kit.ids import MEMBER, CaseId
from mamoru.ledger import append
from mamoru.site.sample import cast
from tests import pdfs
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.conftest import Company

pytestmark = pytest.mark.usefixtures("house")
DAY = timedelta(days=1)
NEW = cast.Home(postal_code="060-0001", address="北海道札幌市中央区北一条西2丁目1番1号")
NEW_MAIL = "taken.over@mail.example"


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    acts.set_clock(monkeypatch, NOW)


def row_of_address(house: Company) -> int:
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        (row,) = shop.execute(
            "SELECT address_id FROM addresses WHERE member_id = ? AND valid_to IS NULL",
            [cast.HANAKO.member_id],
        ).fetchone()
    return int(row)


def takes_over(house: Company, *, at: datetime = NOW) -> None:
    """Whoever holds 花子's password writes another address into her page; the worker writes it."""
    row, home = row_of_address(house), cast.HANAKO.home
    changes = {
        f"shop/addresses/{row}/postal_code": (home.postal_code, NEW.postal_code),
        f"shop/addresses/{row}/address": (home.address, NEW.address),
        f"shop/addresses/{row}/building": (home.building, ""),
    }
    actions.correct_own(
        acts.user_of(cast.HANAKO), changes, policy_version="2026-04-01", one_time_key="k", now=at
    )
    (case_id,) = store.due_work(now=at)
    assert acts.carry_out(case_id) is Work.READY


def changed_by_the_company(house: Company, sql: str, *given: object) -> None:
    with sqlite3.connect(house.home / "shop.sqlite3") as shop:
        shop.execute(sql, given)


def form_of(home: cast.Home, *kinds: DemandKind) -> Filing:
    form = acts.filing(cast.HANAKO, *(kinds or (DemandKind.DISCLOSURE,)))
    lives = {"postal_code": home.postal_code, "address": home.address, "building": home.building}
    return replace(form, person=replace(form.person, **lives))


def asks_from(home: cast.Home, *, former: str = "", now: datetime = NOW) -> CaseId:
    """Somebody asks as 花子, with a licence that shows where the form says that she lives."""
    form = form_of(home)
    case_id = acts.file(form, now=now)
    read = replace(
        acts.finding(cast.HANAKO, former=former),
        details=replace(acts.details(cast.HANAKO), address=home.address, building=home.building),
    )
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, read)
    is_hanako(case_id, now=now)
    return case_id


def is_hanako(case_id: CaseId, *, now: datetime = NOW) -> None:
    subject = Subject(store="shop", table="members", key=cast.HANAKO.member_id)
    actions.identify(case_id, (subject,), by=SUZUKI, now=now)


def tell(case_id: CaseId, *, now: datetime = NOW) -> None:
    actions.change_letter(case_id, by=SUZUKI, now=now)
    actions.record_change_told(case_id, way=TellingWay.ORDINARY_MAIL, by=SUZUKI, now=now)


def send(case_id: CaseId, *, now: datetime = NOW) -> None:
    actions.open_letter(case_id, by=SUZUKI, now=now)
    actions.send_answer(
        case_id,
        dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
        tracking_number="123-45-67890-1",
        by=SUZUKI,
        now=now,
    )


def ready(case_id: CaseId) -> CaseId:
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    acts.answered(case_id)
    return case_id


@pytest.mark.promise("P3.10")
def test_who_changes_the_address_first_and_asks_an_hour_later_is_not_confirmed(
    house: Company,
) -> None:
    takes_over(house)
    case_id = asks_from(NEW, now=NOW + timedelta(hours=1))

    check = actions.check(case_id, now=NOW + timedelta(hours=1))

    assert "address-differs" in check.open_points
    assert not check.acceptable(note="住所は一致している")
    assert check.comparison is not None
    assert check.comparison.addresses[1].b.startswith(cast.HANAKO.home.address)


@pytest.mark.promise("P3.10")
def test_the_earlier_address_proves_during_the_cooling(house: Company) -> None:
    takes_over(house)
    case_id = asks_from(cast.HANAKO.home)
    assert actions.check(case_id, now=NOW).acceptable(note="")


@pytest.mark.promise("P3.10")
def test_a_paper_that_shows_both_addresses_links_the_earlier_with_the_new(house: Company) -> None:
    takes_over(house)
    home = cast.HANAKO.home
    case_id = asks_from(NEW, former=f"{home.address} {home.building}")
    assert actions.check(case_id, now=NOW).acceptable(note="")


def test_the_thirtieth_day_still_cools_and_the_day_after_does_not(house: Company) -> None:
    takes_over(house)
    case_id = asks_from(NEW)
    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert sign.until == clock.date_in_japan(NOW + 30 * DAY)
    assert not actions.check(case_id, now=NOW + 30 * DAY).acceptable(note="")
    after = NOW + 31 * DAY
    assert actions.check(case_id, now=after).acceptable(note="")
    assert actions.contact_signs(store.case(case_id), now=after) == ()


@pytest.mark.promise("P3.24")
def test_a_code_by_post_goes_to_the_earlier_address_never_to_the_new_one(house: Company) -> None:
    takes_over(house)
    case_id = asks_from(NEW)
    letter = pdfs.words(actions.make_posted_code(case_id, by=SUZUKI, now=NOW))
    assert cast.HANAKO.home.address in letter
    assert NEW.address not in letter


@pytest.mark.promise("P3.24")
def test_nothing_leaves_before_the_earlier_address_was_told(house: Company) -> None:
    takes_over(house)
    home = cast.HANAKO.home
    case_id = ready(asks_from(NEW, former=f"{home.address} {home.building}"))
    with pytest.raises(actions.OldContactUntold):
        send(case_id)
    tell(case_id)
    send(case_id)
    assert store.case(case_id).stage is Stage.ANSWERED


def test_the_notice_names_the_earlier_address_and_neither_the_new_one_nor_the_demand(
    house: Company,
) -> None:
    takes_over(house)
    case_id = asks_from(NEW)
    letter = pdfs.words(actions.change_letter(case_id, by=SUZUKI, now=NOW))
    assert cast.HANAKO.home.address in letter
    assert not [each for each in (NEW.address, "開示", cast.HANAKO.email) if each in letter]
    assert append.entries(case_id)[-1].kind == "case.change-letter.opened"


@pytest.mark.promise("P3.10", "P3.24")
def test_what_changes_between_the_identification_and_the_confirmation_is_seen(
    house: Company,
) -> None:
    case_id = asks_from(cast.HANAKO.home)
    moved_by_the_company(house)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    kinds = [each.kind for each in append.entries(case_id)]
    assert "case.contact.changed" in kinds
    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert (sign.contact, sign.known) == (Contact.ADDRESS, True)


@pytest.mark.promise("P3.24")
def test_what_changes_after_the_letter_was_made_holds_it_back_until_the_earlier_one_was_told(
    house: Company,
) -> None:
    case_id = ready(asks_from(cast.HANAKO.home))
    moved_by_the_company(house)
    with pytest.raises(actions.OldContactUntold):
        send(case_id)
    assert store.case(case_id).stage is Stage.DECIDED
    tell(case_id)
    send(case_id)


def test_a_second_change_needs_a_second_notice(house: Company) -> None:
    case_id = ready(asks_from(cast.HANAKO.home))
    moved_by_the_company(house)
    with pytest.raises(actions.OldContactUntold):
        send(case_id)
    tell(case_id)
    changed_by_the_company(
        house,
        "UPDATE members SET email = ? WHERE member_id = ?",
        NEW_MAIL,
        cast.HANAKO.member_id,
    )
    with pytest.raises(actions.OldContactUntold):
        send(case_id)
    contacts = actions.shown(actions.change_contacts(store.case(case_id), now=NOW))
    assert contacts["email"] == cast.HANAKO.email


@pytest.mark.promise("P3.10")
def test_who_changes_twice_is_not_proved_by_what_they_wrote_first(
    house: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes_over(house)
    third, later = cast.AKUDA.home, NOW + DAY
    acts.set_clock(monkeypatch, later)
    row = row_of_address(house)
    changes = {
        f"shop/addresses/{row}/postal_code": (NEW.postal_code, third.postal_code),
        f"shop/addresses/{row}/address": (NEW.address, third.address),
    }
    actions.correct_own(
        acts.user_of(cast.HANAKO),
        changes,
        policy_version="2026-04-01",
        one_time_key="k2",
        now=later,
    )
    for case_id in store.due_work(now=later):
        acts.carry_out(case_id)

    accepted = {
        home.address: actions.check(asks_from(home, now=later), now=later).acceptable(note="x")
        for home in (NEW, third, cast.HANAKO.home)
    }

    assert accepted == {NEW.address: False, third.address: False, cast.HANAKO.home.address: True}


@pytest.mark.promise("P3.10")
def test_a_store_that_is_away_holds_the_answer_back(house: Company) -> None:
    case_id = ready(asks_from(cast.HANAKO.home))
    shop = house.home / "shop.sqlite3"
    away = shop.rename(shop.with_suffix(".away"))
    with pytest.raises(StoreError):
        send(case_id)
    away.rename(shop)
    send(case_id)


@pytest.mark.promise("P3.24")
def test_a_members_letter_to_the_new_address_waits_until_the_cooling_is_over(
    house: Company,
) -> None:
    takes_over(house)
    member = f"shop/members/{cast.HANAKO.member_id}"
    form = replace(
        acts.filing(cast.HANAKO, DemandKind.DISCLOSURE),
        channel=Channel.MEMBER_PAGE,
        member_ref=member,
        answer_method=AnswerMethod.PAPER,
    )
    case_id = actions.file_case(form, by=MEMBER, now=NOW).case_id
    is_hanako(case_id)
    ready(case_id)
    tell(case_id)
    with pytest.raises(actions.ContactCooling):
        send(case_id)
    assert actions.waits_until(store.case(case_id), now=NOW) == clock.date_in_japan(NOW + 30 * DAY)
    send(case_id, now=NOW + 31 * DAY)


def moved_by_the_company(house: Company) -> None:
    changed_by_the_company(
        house,
        "UPDATE addresses SET postal_code = ?, address = ?, building = NULL WHERE address_id = ?",
        NEW.postal_code,
        NEW.address,
        row_of_address(house),
    )


def test_a_history_that_the_company_keeps_is_known_without_any_correction_of_ours(
    house: Company,
) -> None:
    moved_on = (clock.date_in_japan(NOW) - 10 * DAY).isoformat()
    changed_by_the_company(
        house,
        "UPDATE addresses SET valid_to = ? WHERE address_id = ?",
        moved_on,
        row_of_address(house),
    )
    changed_by_the_company(
        house,
        "INSERT INTO addresses (member_id, postal_code, address, building, valid_from)"
        " VALUES (?, ?, ?, NULL, ?)",
        cast.HANAKO.member_id,
        NEW.postal_code,
        NEW.address,
        moved_on,
    )
    case_id = asks_from(NEW)
    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert (sign.contact, sign.changed_on.isoformat(), sign.known) == ("address", moved_on, True)
    assert not actions.check(case_id, now=NOW).acceptable(note="")
    assert actions.check(case_id, now=NOW + 21 * DAY).acceptable(note="")


@pytest.mark.promise("P3.10")
def test_where_only_the_day_of_the_change_is_known_nothing_is_proved_by_the_new_address(
    house: Company,
) -> None:
    changed_by_the_company(
        house,
        "UPDATE addresses SET valid_from = ? WHERE address_id = ?",
        clock.date_in_japan(NOW).isoformat(),
        row_of_address(house),
    )
    with declaring(address_changed="valid_from"):
        case_id = asks_from(cast.HANAKO.home)
        (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
        assert not sign.known
        check = actions.check(case_id, now=NOW)
        assert (check.acceptable(note=""), check.acceptable(note="電話で")) == (False, True)
        assert not actions.may_post_code(store.case(case_id), now=NOW)
        ways = actions.change_contacts(store.case(case_id), now=NOW)
        assert list(ways) == [TellingWay.ELECTRONIC_MAIL]


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("written", ["Nov 20 2026", "yesterday", "2026-11", "20269999"])
def test_a_change_whose_time_nobody_can_read_counts_as_of_today(
    house: Company, written: str
) -> None:
    row = row_of_address(house)
    changed_by_the_company(
        house, "UPDATE addresses SET valid_from = ? WHERE address_id = ?", written, row
    )
    with declaring(address_changed="valid_from"):
        case_id = asks_from(cast.HANAKO.home)
        (sign,) = actions.contact_signs(store.case(case_id), now=NOW)

    assert sign.changed_on == clock.date_in_japan(NOW)
    assert not actions.check(case_id, now=NOW).acceptable(note="")


@pytest.mark.parametrize("written", ["", "0000-00-00", "0000-00-00 00:00:00"])
def test_a_column_that_names_no_time_says_that_nothing_was_changed(
    house: Company, written: str
) -> None:
    row = row_of_address(house)
    changed_by_the_company(
        house, "UPDATE addresses SET valid_from = ? WHERE address_id = ?", written, row
    )
    with declaring(address_changed="valid_from"):
        case_id = asks_from(cast.HANAKO.home)
        assert actions.contact_signs(store.case(case_id), now=NOW) == ()


@contextmanager
def declaring(**roles: str) -> Iterator[None]:
    """Let the map declare a column of the addresses as the day of their last change."""
    before = execute.hands()

    def changed(table: Table) -> Table:
        if table.name != "addresses":
            return table
        return table.model_copy(update={"identity": table.identity.model_copy(update=roles)})

    located: DataMap = before.datamap.model_copy(
        update={
            "stores": tuple(
                each.model_copy(update={"tables": tuple(map(changed, each.tables))})
                for each in before.datamap.stores
            )
        }
    )
    execute.install(replace(before, datamap=located))
    try:
        yield
    finally:
        execute.install(before)


def corrected_by_hand() -> CaseId:
    """花子 asks that her address be corrected; no value is named, so staff do it and say so."""
    demand = Demand(
        kind=DemandKind.CORRECTION,
        items=("address",),
        before=cast.HANAKO.home.address,
        after=NEW.address,
    )
    case_id = acts.verified_of(replace(acts.filing(cast.HANAKO), demands=(demand,)), cast.HANAKO)
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.WAITING
    (each,) = store.case(case_id).demands
    actions.record_carried_out(each.id, by=SUZUKI, now=NOW, note="会員台帳の住所を直した")
    return case_id


@pytest.mark.promise("P3.10")
def test_an_address_that_staff_corrected_by_hand_proves_nothing_yet(house: Company) -> None:
    corrected_by_hand()
    moved_by_the_company(house)

    case_id = asks_from(NEW)

    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert (sign.contact, sign.known) == (Contact.ADDRESS, True)
    assert not actions.check(case_id, now=NOW).acceptable(note="")
    assert actions.check(asks_from(cast.HANAKO.home), now=NOW).acceptable(note="")
    told = actions.shown(actions.change_contacts(store.case(case_id), now=NOW))
    assert told["address"].startswith(cast.HANAKO.home.address)


def emptied(kind: DemandKind, *items: str, before: str | None = None) -> CaseId:
    """花子 asks that something of her be erased or deleted; two decide, and it is carried out."""
    demand = Demand(kind=kind, items=items, before=before)
    by_post = replace(acts.filing(cast.HANAKO), demands=(demand,), channel=Channel.POST)
    case_id = acts.verified_of(by_post, cast.HANAKO)
    acts.decide(case_id)
    acts.approve(case_id)
    acts.carry_out(case_id)
    return case_id


@pytest.mark.promise("P3.10", "P3.24")
def test_an_address_put_in_after_one_was_erased_proves_nothing_yet(house: Company) -> None:
    emptied(DemandKind.ERASURE, "address")
    moved_by_the_company(house)

    case_id = asks_from(NEW)

    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert (sign.contact, sign.known) == (Contact.ADDRESS, False)
    assert not actions.check(case_id, now=NOW).acceptable(note="")
    assert not actions.may_post_code(store.case(case_id), now=NOW)
    ways = actions.change_contacts(store.case(case_id), now=NOW)
    assert list(ways) == [TellingWay.ELECTRONIC_MAIL]
    assert actions.check(case_id, now=NOW + 31 * DAY).acceptable(note="")


@pytest.mark.promise("P3.10")
def test_who_writes_two_addresses_after_an_erasure_is_not_proved_by_the_first(
    house: Company,
) -> None:
    emptied(DemandKind.ERASURE, "address")
    row = row_of_address(house)
    for nth, (before, after) in enumerate((("", NEW), (NEW.address, cast.AKUDA.home))):
        ref = f"shop/addresses/{row}/address"
        was = before or next(
            field.value
            for table in actions.registered_of(acts.user_of(cast.HANAKO), now=NOW)
            for each in table.rows
            for field in each
            if field.ref == ref
        )
        actions.correct_own(
            acts.user_of(cast.HANAKO),
            {ref: (was, after.address)},
            policy_version="2026-04-01",
            one_time_key=f"k{nth}",
            now=NOW,
        )
        for case_id in store.due_work(now=NOW):
            assert acts.carry_out(case_id) is Work.READY

    accepted = [
        actions.check(asks_from(home), now=NOW).acceptable(note="")
        for home in (NEW, cast.AKUDA.home)
    ]

    assert accepted == [False, False]


@pytest.mark.promise("P3.6", "P3.10")
def test_of_a_contact_that_was_erased_the_day_alone_is_kept(house: Company) -> None:
    emptied(DemandKind.ERASURE, "address")
    whom = f"shop/members/{cast.HANAKO.member_id}"
    kept = store.noted_changes([whom])
    assert kept == (
        ContactChange(contact=Contact.ADDRESS, changed_on=clock.date_in_japan(NOW), erased=True),
    )


@pytest.mark.promise("P3.6")
def test_who_is_erased_as_a_whole_leaves_no_contact_behind(house: Company) -> None:
    emptied(DemandKind.ERASURE, "all")
    assert not ContactChangeRow.objects.exists()


@pytest.mark.promise("P3.10")
def test_a_mail_address_that_staff_erased_by_hand_is_one_that_changed(house: Company) -> None:
    case_id = emptied(DemandKind.ERASURE, "contact")
    (each,) = store.case(case_id).demands
    actions.record_carried_out(each.id, by=SUZUKI, now=NOW, note="メールアドレスを消した")
    changed_by_the_company(
        house,
        "UPDATE members SET email = ? WHERE member_id = ?",
        NEW_MAIL,
        cast.HANAKO.member_id,
    )

    case_id = asks_from(cast.HANAKO.home)

    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert (sign.contact, sign.known) == (Contact.EMAIL, False)
    ways = actions.change_contacts(store.case(case_id), now=NOW)
    assert TellingWay.ELECTRONIC_MAIL not in ways
    assert TellingWay.ORDINARY_MAIL in ways


@pytest.mark.promise("P3.10")
def test_an_address_that_was_deleted_as_untrue_is_the_one_that_counts_until_it_cooled(
    house: Company,
) -> None:
    row, home = row_of_address(house), cast.HANAKO.home
    emptied(DemandKind.DELETION, f"shop/addresses/{row}/address", before=home.address)
    changed_by_the_company(
        house, "UPDATE addresses SET building = NULL, postal_code = ''  WHERE address_id = ?", row
    )

    case_id = asks_from(home)

    (sign,) = actions.contact_signs(store.case(case_id), now=NOW)
    assert (sign.contact, sign.known) == (Contact.ADDRESS, True)
    assert actions.check(case_id, now=NOW).acceptable(note="")
    assert not actions.check(asks_from(NEW), now=NOW).acceptable(note="新しい住所")


def test_who_registers_for_the_first_time_changed_nothing(house: Company) -> None:
    changed_by_the_company(
        house,
        "UPDATE addresses SET valid_from = ? WHERE address_id = ?",
        clock.date_in_japan(NOW).isoformat(),
        row_of_address(house),
    )
    case_id = asks_from(cast.HANAKO.home)
    assert actions.contact_signs(store.case(case_id), now=NOW) == ()


def test_another_way_of_writing_the_same_address_is_no_change(house: Company) -> None:
    case_id = asks_from(cast.HANAKO.home)
    changed_by_the_company(
        house,
        "UPDATE addresses SET address = ? WHERE address_id = ?",
        "東京都杉並区阿佐谷南2-15-7",
        row_of_address(house),
    )
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    assert actions.contact_signs(store.case(case_id), now=NOW) == ()


def test_what_is_changed_back_has_not_changed(house: Company) -> None:
    takes_over(house)
    home = cast.HANAKO.home
    changed_by_the_company(
        house,
        "UPDATE addresses SET address = ?, building = ? WHERE address_id = ?",
        home.address,
        home.building,
        row_of_address(house),
    )
    case_id = asks_from(home)
    assert actions.contact_signs(store.case(case_id), now=NOW) == ()


@pytest.mark.promise("P1.5")
def test_neither_ledger_nor_plain_columns_hold_a_contact(house: Company) -> None:
    takes_over(house)
    case_id = asks_from(NEW)
    actions.change_letter(case_id, by=SUZUKI, now=NOW)
    tell(case_id)
    told = "".join(repr(each.body) for each in append.entries(case_id))
    kept = "".join(repr(vars(row)) for row in ContactChangeRow.objects.all())
    assert ContactChangeRow.objects.count() > 0
    for secret in (NEW.address, cast.HANAKO.home.address, cast.HANAKO.email, "M000001"):
        assert secret not in told + kept


def test_what_stood_before_is_forgotten_once_it_proves_nothing_more(house: Company) -> None:
    takes_over(house)
    assert actions.forget_changes(now=NOW + 30 * DAY) == 0
    assert actions.forget_changes(now=NOW + 32 * DAY) > 0
    assert not ContactChangeRow.objects.exists()


def test_a_correction_alone_shows_nothing_and_is_not_held_back(house: Company) -> None:
    takes_over(house)
    (line,) = actions.own_cases(acts.user_of(cast.HANAKO))
    assert line.stage is Stage.ANSWERED
