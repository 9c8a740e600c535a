"""支援措置: a flag set by one at once, lifted by two, that keeps from everybody where a person is (P3.11)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest
from django.db import IntegrityError, transaction

from mamoru.cases import actions, execute, store
from mamoru.cases.actions.filing import Receipt
from mamoru.cases.rules.looks import LetterUnopened
from mamoru.cases.rules.shielding import AnswerHeldBack, SafeContactMissing
from mamoru.cases.rules.states import PlanChanged, SecondPersonNeeded, StageForbidden
from mamoru.cases.terms import (
    AnswerMethod,
    Demand,
    DemandKind,
    DispatchKind,
    Identity,
    Role,
    Stage,
    Subject,
    TellingWay,
    Work,
)
from mamoru.connectors.port import StoreUnreachable
from mamoru.consents import store as standings
from mamoru.consents.terms import ProtectionGround, SafeContact
from mamoru.datamap.inventory import Protection
from mamoru.kit.ids import REQUESTER, CaseId, StaffId
from mamoru.ledger import append
from mamoru.site.sample import cast
from mamoru.site.sample.cast import Someone
from tests import pdfs
from tests.cases import acts
from tests.cases.acts import KONDO, NOW, SUZUKI
from tests.cases.test_agent_matrix import (
    REFUGE,
    filed,
    flag,
    in_words,
    sound,
    tell,
    traces,
)
from tests.conftest import TODAY, Company

pytestmark = pytest.mark.usefixtures("house")
T = TypeVar("T")
KEY = "protected-0123456789"
MEMBERS = Subject(store="shop", table="members", key=cast.HANAKO.member_id)


def by_agent(
    method: AnswerMethod = AnswerMethod.PAPER, kind: DemandKind = DemandKind.DISCLOSURE
) -> CaseId:
    """花子's agent asks and is confirmed; everything is in order."""
    power = replace(sound(Role.ENTRUSTED_AGENT, cast.HANAKO, cast.SATO), scope=(kind,))
    if kind is DemandKind.DISCLOSURE:
        case_id = filed(Role.ENTRUSTED_AGENT, cast.HANAKO, power, method=method)
    else:
        form = acts.filing(cast.HANAKO, kind, role=Role.LAWYER, agent=cast.SATO)
        case_id = acts.file(form)
        acts.papers_of_a_lawyer(case_id, cast.HANAKO, cast.SATO, (kind,))
        actions.identify(case_id, [MEMBERS], by=SUZUKI, now=NOW)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    return case_id


def another_case(someone: Someone = cast.HANAKO) -> CaseId:
    """Another case of the same person, where the desk hears of the protection."""
    case_id = acts.file(acts.filing(someone, DemandKind.DISCLOSURE))
    chosen = Subject(store="shop", table="members", key=someone.member_id)
    actions.identify(case_id, [chosen], by=SUZUKI, now=NOW)
    return case_id


def protected(case_id: CaseId) -> bool:
    return actions.shield_of(store.case(case_id)) is not None


def reference(case_id: CaseId) -> str:
    held = actions.shield_of(store.case(case_id))
    assert held is not None
    return held.flags[-1].reference


def protect(case_id: CaseId, *, contact: SafeContact | None, renew_by: date | None = None) -> str:
    made = actions.set_protection(
        case_id,
        ground=ProtectionGround.STATEMENT,
        renew_by=renew_by or TODAY + timedelta(days=300),
        contact=contact,
        by=SUZUKI,
        now=NOW,
    )
    if contact is not None:
        actions.confirm_safe_contact(case_id, made, by=KONDO, now=NOW)
    return made


def send(case_id: CaseId, dispatch: DispatchKind = DispatchKind.SIMPLIFIED_REGISTERED_MAIL) -> None:
    number = "" if dispatch is DispatchKind.DOWNLOAD else "123-45-67890-1"
    actions.send_answer(case_id, dispatch=dispatch, tracking_number=number, by=SUZUKI, now=NOW)


def ready(case_id: CaseId) -> None:
    acts.decide(case_id)
    acts.approve(case_id)
    assert acts.carry_out(case_id) is Work.READY, store.case(case_id).work_note


def letter(case_id: CaseId) -> str:
    made = store.answer(case_id)
    assert made is not None
    return in_words(made[1])


@contextmanager
def marked_by(column: str, *none: str) -> Iterator[None]:
    """The company's own register says who is protected, in a column of the members."""
    before = execute.hands()
    stores = []
    for place in before.datamap.stores:
        tables = tuple(
            table.model_copy(update={"protection": Protection(column=column, none=none)})
            if table.name == "members"
            else table
            for table in place.tables
        )
        stores.append(place.model_copy(update={"tables": tables}))
    update = {"stores": tuple(stores)}
    execute.install(replace(before, datamap=before.datamap.model_copy(update=update)))
    try:
        yield
    finally:
        execute.install(before)


# --- set by one, lifted by two ------------------------------------------------------------------


@pytest.mark.promise("P3.11")
def test_one_person_protects_at_once_and_two_lift() -> None:
    case_id = another_case()
    assert not protected(case_id)

    flag(case_id)

    named = reference(case_id)
    assert protected(case_id)
    with pytest.raises(StageForbidden, match="nobody"):
        actions.lift_protection(case_id, named, by=KONDO, now=NOW)
    actions.ask_lifting_protection(case_id, named, reason="転居が済んだ", by=SUZUKI, now=NOW)
    with pytest.raises(SecondPersonNeeded):
        actions.lift_protection(case_id, named, by=SUZUKI, now=NOW)
    assert protected(case_id)
    actions.lift_protection(case_id, named, by=KONDO, now=NOW)
    assert not protected(case_id)
    with pytest.raises(StageForbidden, match="in force"):
        actions.lift_protection(case_id, named, by=KONDO, now=NOW)


@pytest.mark.promise("P3.11")
def test_nobody_is_told_that_a_protected_person_is_here_and_lives_elsewhere() -> None:
    case_id = another_case()
    protect(case_id, contact=None)

    actions.ask_supplement(case_id, ("address-differs", "name-differs"), "", by=SUZUKI, now=NOW)

    assert store.case(case_id).supplements[-1].defects == ("identity-unknown", "name-differs")


def test_the_ledger_tells_that_it_was_set_and_nothing_of_the_person() -> None:
    case_id = another_case()
    flag(case_id)
    named = reference(case_id)
    actions.ask_lifting_protection(case_id, named, reason="花子の申し出", by=SUZUKI, now=NOW)
    actions.lift_protection(case_id, named, by=KONDO, now=NOW)

    entries = (*append.entries(case_id), *append.entries(named))
    kinds = [each.kind for each in entries]
    text = str([each.body for each in entries])
    assert "case.protection.set" in kinds
    assert "case.protection.lifted" in kinds
    assert "case.protection.lifting-asked" in kinds
    for word in (REFUGE.name, REFUGE.address, "横浜", "花子", cast.HANAKO.member_id):
        assert word not in text


@pytest.mark.promise("P3.11")
def test_it_holds_in_every_later_case_and_for_nobody_else_of_the_house() -> None:
    flag(another_case(cast.YO))

    assert protected(another_case(cast.YO))
    assert not protected(another_case(cast.MEGUMI))  # the same mailbox and the same roof
    assert not protected(another_case(cast.HANAKO))


@pytest.mark.promise("P3.11")
def test_who_was_known_by_a_mail_address_alone_is_protected_as_a_member_too() -> None:
    first = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    found = actions.candidates(first, by=SUZUKI, now=NOW)
    known = [each.subject for each in found if each.subject.store == "mailing"]
    assert known
    actions.identify(first, known, by=SUZUKI, now=NOW)
    flag(first)

    assert protected(another_case())


@pytest.mark.promise("P3.11")
def test_a_flag_whose_year_is_over_is_reminded_of_and_holds() -> None:
    case_id = another_case()
    protect(case_id, contact=REFUGE, renew_by=TODAY + timedelta(days=1))
    years_later = NOW + timedelta(days=800)

    held = actions.shield_of(store.case(case_id))

    assert held is not None
    assert held.overdue(years_later.date())
    assert actions.protections_due(now=years_later) == ((case_id, TODAY + timedelta(days=1)),)
    assert protected(case_id)


def test_a_flag_needs_a_person_a_day_and_a_contact_that_is_one() -> None:
    nobody = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    with pytest.raises(actions.ProtectionUnfit, match="records"):
        flag(nobody)
    case_id = another_case()
    for renew_by in (TODAY, TODAY + timedelta(days=367)):
        with pytest.raises(actions.ProtectionUnfit, match="year"):
            protect(case_id, contact=None, renew_by=renew_by)
    with pytest.raises(actions.ProtectionUnfit, match="contact"):
        protect(case_id, contact=SafeContact(name="支援センター"))
    flag(case_id)
    with pytest.raises(actions.ProtectionUnfit, match="words"):
        actions.ask_lifting_protection(case_id, reference(case_id), reason=" ", by=SUZUKI, now=NOW)
    assert store.case(case_id).stage is Stage.RECEIVED


# --- at each moment -----------------------------------------------------------------------------


@pytest.mark.promise("P3.11", "P3.17")
def test_before_the_decision_the_plan_leaves_out_what_tells_where() -> None:
    case_id = by_agent()
    case = store.case(case_id)
    open_plan = actions.plan_of(case, case.demands[0])

    flag(another_case())

    plan = actions.plan_of(case, case.demands[0])
    named = {
        f"{each.store}/{each.table}/{name}" for each in plan.locations for name in each.columns
    }
    assert plan.digest != open_plan.digest
    assert open_plan.withheld == ()
    assert "shop/addresses/address" in plan.withheld
    assert not named & set(plan.withheld)
    assert not {each for each in named if "address" in each.rpartition("/")[2]}


@pytest.mark.promise("P3.11", "P3.17")
def test_between_decision_and_approval_nobody_can_approve_the_old_plan() -> None:
    case_id = by_agent()
    acts.decide(case_id)

    flag(another_case())

    with pytest.raises(PlanChanged):
        acts.approve(case_id)


@pytest.mark.promise("P3.11", "P3.17")
@pytest.mark.parametrize("kind", [DemandKind.ERASURE, DemandKind.DISCLOSURE_OF_PROVISION_RECORDS])
def test_what_names_no_column_is_decided_anew_as_well(kind: DemandKind) -> None:
    case_id = by_agent(kind=kind)
    acts.decide(case_id)

    flag(another_case())

    with pytest.raises(PlanChanged):
        acts.approve(case_id)


@pytest.mark.promise("P3.11", "P3.17")
def test_after_the_approval_nothing_is_read_and_two_decide_anew() -> None:
    case_id = by_agent()
    acts.decide(case_id)
    acts.approve(case_id)

    flag(another_case())

    assert acts.carry_out(case_id) is Work.WAITING
    tell(case_id)
    assert acts.carry_out(case_id) is Work.WAITING
    assert store.case(case_id).work_note == "plan-changed:disclosure"
    assert store.receipts(store.case(case_id).demands[0].id) == ()
    actions.reopen_case(
        case_id, reason="支援措置", by=SUZUKI, now=NOW, version=acts.version(case_id)
    )
    ready(case_id)
    assert traces(case_id, cast.HANAKO) == []


@pytest.mark.promise("P3.11", "P3.24")
@pytest.mark.parametrize("in_the_same_case", [True, False])
def test_a_letter_that_lies_ready_is_held_back_and_made_anew(in_the_same_case: bool) -> None:
    case_id = by_agent()
    ready(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    tell(case_id)
    assert traces(case_id, cast.HANAKO) != []

    flag(case_id if in_the_same_case else another_case())

    for leave in (lambda: send(case_id), lambda: actions.open_letter(case_id, by=SUZUKI, now=NOW)):
        if in_the_same_case:
            with pytest.raises((AnswerHeldBack, StageForbidden)):
                leave()
        else:
            with pytest.raises(AnswerHeldBack):
                leave()
    assert store.case(case_id).work is Work.QUEUED
    # The telling of before went to where the abuser may live, and does not count.
    assert acts.carry_out(case_id) is Work.WAITING
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY
    with pytest.raises(LetterUnopened):
        send(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    send(case_id)
    assert traces(case_id, cast.HANAKO) == []


@pytest.mark.promise("P3.11", "P3.24")
def test_what_was_sent_as_a_download_is_fetched_no_more() -> None:
    case_id = by_agent(AnswerMethod.ELECTRONIC)
    ready(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    tell(case_id)
    send(case_id, DispatchKind.DOWNLOAD)
    assert actions.download_answer(case_id, by=REQUESTER, now=NOW)

    flag(another_case())

    assert not actions.offers_download(store.case(case_id), now=NOW)
    assert not actions.offers_data(store.case(case_id), now=NOW)
    with pytest.raises(StageForbidden):
        actions.download_answer(case_id, by=REQUESTER, now=NOW)
    for sheet in (True, False):
        with pytest.raises(StageForbidden):
            actions.download_data(case_id, sheet=sheet, by=REQUESTER, now=NOW)


class Meanwhile(acts.Steps):
    """Steps in which something happens elsewhere after one of them."""

    def __init__(self, after: str, then: Callable[[], object]) -> None:
        super().__init__()
        self._after, self._then = after, then

    def step(self, name: str, act: Callable[[], T]) -> T:
        result = super().step(name, act)
        if name.endswith(self._after):
            self._then()
        return result


@pytest.mark.promise("P3.11", "P3.26")
@pytest.mark.parametrize("after", ["begin", " shop", "mailing", "seal", "letter"])
def test_a_flag_that_is_set_while_the_worker_reads_wins(after: str) -> None:
    case_id, other = by_agent(), another_case()
    acts.decide(case_id)
    acts.approve(case_id)

    acts.carry_out(case_id, Meanwhile(after, lambda: flag(other)))

    if after in {"begin", " shop"}:
        demand = store.case(case_id).demands[0]
        read = {name for row in store.values(demand.id, "mailing/mailing") for name in row}
        assert "email" not in read
    if after == "letter":  # it was composed before
        with pytest.raises(AnswerHeldBack):
            actions.open_letter(case_id, by=SUZUKI, now=NOW)
    else:
        assert traces(case_id, cast.HANAKO) == []
    with pytest.raises((actions.PersonUntold, AnswerHeldBack, StageForbidden)):
        send(case_id)


@pytest.mark.promise("P3.11")
def test_once_it_is_lifted_the_next_case_is_answered_whole() -> None:
    other = another_case()
    flag(other)
    actions.ask_lifting_protection(other, reference(other), reason="終了", by=SUZUKI, now=NOW)
    actions.lift_protection(other, reference(other), by=KONDO, now=NOW)

    case_id = by_agent()
    ready(case_id)

    assert cast.HANAKO.home.address in letter(case_id)


# --- the company's own register -----------------------------------------------------------------


@pytest.mark.promise("P3.11")
def test_a_mark_in_the_register_protects_like_a_flag_and_is_told_to_nobody() -> None:
    with marked_by("status", "withdrawn"):
        case_id = by_agent()
        held = actions.shield_of(store.case(case_id))
        assert held is not None
        assert held.marked == ("shop/members",)
        acts.decide(case_id)
        acts.approve(case_id)
        # Nobody knows where the person can be told: nothing is read, and nothing leaves.
        assert acts.carry_out(case_id) is Work.WAITING
        with pytest.raises(StageForbidden):
            tell(case_id)
        flag(case_id)
        tell(case_id)
        assert acts.carry_out(case_id) is Work.READY
        assert traces(case_id, cast.HANAKO) == []

    own = acts.verified(cast.SAKIKO, DemandKind.DISCLOSURE)
    with marked_by("status", "active", "withdrawn"):
        plan = actions.plan_of(store.case(own), store.case(own).demands[0])
    assert [
        place for place in plan.locations if "status" in place.columns and place.table == "members"
    ] == []


@pytest.mark.parametrize("value", ["active", "  DV ", "2", "更新"])
def test_a_value_that_nobody_listed_protects(value: str) -> None:
    mark = Protection(column="support", none=("0", "なし"))
    assert mark.marks(value)
    assert [mark.marks(each) for each in (None, "", " ", "0", 0, "なし")] == [False] * 6


@pytest.mark.promise("P3.11")
def test_a_mark_that_comes_after_the_approval_is_seen_before_anything_is_read() -> None:
    case_id = by_agent()
    acts.decide(case_id)
    acts.approve(case_id)
    assert not protected(case_id)

    with marked_by("status"):
        assert acts.carry_out(case_id) is Work.WAITING

    assert store.case(case_id).work_note.startswith("person-untold")
    assert store.receipts(store.case(case_id).demands[0].id) == ()
    with marked_by("status", "active", "withdrawn"):  # as if an erasure had taken the mark away
        assert acts.carry_out(case_id) is Work.WAITING
        assert protected(case_id)


@pytest.mark.promise("P3.11")
def test_while_the_register_cannot_be_asked_nothing_goes_to_an_agent(house: Company) -> None:
    case_id = by_agent(AnswerMethod.ELECTRONIC)
    with marked_by("status", "active", "withdrawn"):
        ready(case_id)
        actions.open_letter(case_id, by=SUZUKI, now=NOW)
        tell(case_id)
        away = (house.home / "shop.sqlite3").rename(house.home / "away")

        with pytest.raises(StoreUnreachable):
            send(case_id, DispatchKind.DOWNLOAD)

        assert store.case(case_id).stage is Stage.DECIDED
        away.rename(house.home / "shop.sqlite3")
        send(case_id, DispatchKind.DOWNLOAD)
        away = (house.home / "shop.sqlite3").rename(house.home / "away")
        with pytest.raises(StoreUnreachable):
            actions.download_answer(case_id, by=REQUESTER, now=NOW)
        away.rename(house.home / "shop.sqlite3")


# --- letters ------------------------------------------------------------------------------------


def asks_herself(method: AnswerMethod) -> CaseId:
    form = replace(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE), answer_method=method)
    return acts.verified_of(form, cast.HANAKO)


@pytest.mark.promise("P3.11", "P3.24")
def test_the_person_gets_everything_and_only_at_the_safe_contact() -> None:
    case_id = asks_herself(AnswerMethod.PAPER)
    flag(case_id)

    ready(case_id)

    to = actions.destination(store.case(case_id), now=NOW)
    assert to is not None
    assert (to.name, to.address_lines) == (REFUGE.name, (REFUGE.address,))
    first = "".join(pdfs.pages(_answer(case_id))[0])
    assert cast.HANAKO.home.address not in first
    assert cast.HANAKO.home.address in letter(case_id)  # in the annex: her own data


def _answer(case_id: CaseId) -> bytes:
    made = store.answer(case_id)
    assert made is not None
    return made[1]


@pytest.mark.promise("P3.11", "P3.24")
def test_without_a_safe_contact_nothing_is_written_to_the_person() -> None:
    case_id = asks_herself(AnswerMethod.PAPER)
    protect(case_id, contact=None)
    acts.decide(case_id)
    acts.approve(case_id)

    with pytest.raises(SafeContactMissing):
        acts.carry_out(case_id)

    assert store.answer(case_id) is None
    assert actions.destination(store.case(case_id), now=NOW) is None


@pytest.mark.promise("P3.11")
def test_whoever_fetches_an_answer_with_the_persons_papers_learns_no_whereabouts() -> None:
    case_id = asks_herself(AnswerMethod.ELECTRONIC)
    flag(case_id)
    ready(case_id)
    actions.open_letter(case_id, by=SUZUKI, now=NOW)
    send(case_id, DispatchKind.DOWNLOAD)

    home = cast.HANAKO.home
    seen = "".join(
        actions.download_data(case_id, sheet=sheet, by=REQUESTER, now=NOW).decode()
        for sheet in (True, False)
    )
    for word in (home.address, home.postal_code, cast.HANAKO.email, cast.HANAKO.phone):
        assert word not in seen
    annex = letter(case_id).partition("別紙1")[2]
    assert home.address not in annex
    assert REFUGE.address not in letter(case_id)


@pytest.mark.promise("P3.11")
def test_of_two_safe_contacts_neither_is_written_to() -> None:
    case_id = asks_herself(AnswerMethod.PAPER)
    flag(case_id)
    protect(case_id, contact=replace(REFUGE, address=cast.AKUDA.home.address))

    assert actions.destination(store.case(case_id), now=NOW) is None


@pytest.mark.promise("P3.11", "P3.24")
def test_a_contact_that_one_person_alone_has_named_is_written_to_by_nobody() -> None:
    case_id = asks_herself(AnswerMethod.PAPER)
    named = actions.set_protection(
        case_id,
        ground=ProtectionGround.STATEMENT,
        renew_by=TODAY + timedelta(days=300),
        contact=REFUGE,
        by=SUZUKI,
        now=NOW,
    )
    acts.decide(case_id)
    acts.approve(case_id)

    with pytest.raises(SafeContactMissing):
        acts.carry_out(case_id)
    with pytest.raises(SecondPersonNeeded):
        actions.confirm_safe_contact(case_id, named, by=SUZUKI, now=NOW)
    assert actions.destination(store.case(case_id), now=NOW) is None
    actions.confirm_safe_contact(case_id, named, by=KONDO, now=NOW)

    found = actions.destination(store.case(case_id), now=NOW)
    assert found is not None
    assert REFUGE.address in found.address_lines
    with pytest.raises(StageForbidden):  # once is enough
        actions.confirm_safe_contact(case_id, named, by=StaffId("staff:9"), now=NOW)


@pytest.mark.promise("P3.11")
def test_the_rows_themselves_take_no_contact_confirmed_by_who_recorded_it() -> None:
    case_id = asks_herself(AnswerMethod.PAPER)
    named = protect(case_id, contact=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        standings.confirm_contact(named, by=SUZUKI)


@pytest.mark.promise("P3.11")
def test_the_same_contact_from_two_persons_is_confirmed() -> None:
    case_id = asks_herself(AnswerMethod.PAPER)
    for by in (SUZUKI, KONDO):
        actions.set_protection(
            case_id,
            ground=ProtectionGround.STATEMENT,
            renew_by=TODAY + timedelta(days=300),
            contact=REFUGE,
            by=by,
            now=NOW,
        )

    found = actions.destination(store.case(case_id), now=NOW)

    assert found is not None
    assert REFUGE.address in found.address_lines


@pytest.mark.promise("P3.11", "P3.22")
def test_a_request_for_papers_goes_to_the_safe_contact_or_nowhere() -> None:
    case_id = another_case()
    protect(case_id, contact=None)
    actions.ask_supplement(case_id, ("identity-missing",), "", by=SUZUKI, now=NOW)
    with pytest.raises(SafeContactMissing):
        actions.supplement_letter(case_id, by=SUZUKI, now=NOW)
    assert actions.unprintable(store.case(case_id)) == ()

    flag(case_id)

    made = in_words(actions.supplement_letter(case_id, by=SUZUKI, now=NOW))
    assert REFUGE.address in made
    assert cast.HANAKO.home.address not in made


@pytest.mark.promise("P3.10", "P3.11")
def test_no_code_goes_to_an_address_that_the_abuser_may_share() -> None:
    case_id = another_case()
    assert actions.may_post_code(store.case(case_id), now=NOW)
    flag(case_id)
    assert not actions.may_post_code(store.case(case_id), now=NOW)
    with pytest.raises(actions.PostingForbidden):
        actions.make_posted_code(case_id, by=SUZUKI, now=NOW)


@pytest.mark.promise("P3.11")
def test_the_person_is_told_at_the_safe_contact_and_by_no_other_way() -> None:
    case_id = by_agent()
    flag(case_id)

    case = store.case(case_id)
    assert actions.telling_ways(case, now=NOW) == (
        TellingWay.REGISTERED_MAIL,
        TellingWay.ORDINARY_MAIL,
    )
    assert actions.told_at(case, now=NOW) == {"address": REFUGE.address}
    made = in_words(actions.telling_letter(case_id, by=SUZUKI, now=NOW))
    assert REFUGE.address in made
    assert cast.HANAKO.home.address not in made


# --- what else would tell -----------------------------------------------------------------------


@pytest.mark.promise("P3.7", "P3.11")
def test_an_agent_hears_of_no_provision_and_in_the_words_of_none() -> None:
    kind = DemandKind.DISCLOSURE_OF_PROVISION_RECORDS
    case_id = by_agent(kind=kind)
    flag(case_id)
    acts.decide(case_id)
    acts.approve(case_id)
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY

    assert [each.rows for each in store.receipts(store.case(case_id).demands[0].id)] == [0]
    assert "ご請求の対象となる第三者提供記録は存在しません" in letter(case_id)


@pytest.mark.promise("P3.11")
def test_whoever_asks_for_the_address_alone_is_answered_as_if_there_were_none() -> None:
    demand = Demand(kind=DemandKind.DISCLOSURE, items=("address",))
    power = sound(Role.ENTRUSTED_AGENT, cast.HANAKO, cast.SATO)

    def asked(someone: Someone) -> CaseId:
        form = acts.filing(someone, role=Role.LAWYER, agent=cast.SATO)
        case_id = acts.file(replace(form, demands=(demand,)))
        acts.papers_of_a_lawyer(case_id, someone, cast.SATO, power.scope)
        chosen = Subject(store="shop", table="members", key=someone.member_id)
        actions.identify(case_id, [chosen], by=SUZUKI, now=NOW)
        actions.verify_case(case_id, by=SUZUKI, now=NOW)
        return case_id

    case_id = asked(cast.HANAKO)
    flag(case_id)
    acts.decide(case_id)
    acts.approve(case_id)
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY

    assert "ご請求の対象となる保有個人データは存在しません（法第33条第3項）。" in letter(case_id)
    assert traces(case_id, cast.HANAKO) == []


@pytest.mark.promise("P3.5", "P3.11")
def test_a_correction_by_an_agent_waits_for_the_person_and_tells_nothing_registered() -> None:
    ref = f"shop/members/{cast.HANAKO.member_id}/email"
    form = acts.filing(cast.HANAKO, role=Role.LAWYER, agent=cast.SATO)
    demand = Demand(
        kind=DemandKind.CORRECTION, items=("contact",), before="不明", after="new@mail.example"
    )
    case_id = acts.file(replace(form, demands=(demand,)))
    acts.papers_of_a_lawyer(case_id, cast.HANAKO, cast.SATO, (DemandKind.CORRECTION,))
    actions.identify(case_id, [MEMBERS], by=SUZUKI, now=NOW)
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    flag(case_id)
    (each,) = store.case(case_id).demands
    actions.name_value(each.id, ref, by=SUZUKI, now=NOW, version=acts.version(case_id))
    acts.decide(case_id)
    acts.approve(case_id)

    assert acts.carry_out(case_id) is Work.WAITING
    assert store.case(case_id).work_note.startswith("person-untold")
    tell(case_id)
    assert acts.carry_out(case_id) is Work.READY

    assert cast.HANAKO.email not in letter(case_id)
    assert "「不明」から「new@mail.example」へ" in letter(case_id)


def own_correction(column: str, table: str, key: str, before: str, after: str) -> Receipt:
    return actions.correct_own(
        acts.user_of(cast.HANAKO),
        {f"shop/{table}/{key}/{column}": (before, after)},
        policy_version="2026-04-01",
        one_time_key=f"{KEY}-{column}",
        now=NOW,
    )


@pytest.mark.promise("P3.11", "P3.19")
def test_a_protected_members_contact_changes_by_two_persons_only() -> None:
    flag(another_case())

    phone = own_correction(
        "phone", "members", cast.HANAKO.member_id, cast.HANAKO.phone, "090-0000-0199"
    )
    name = own_correction("given_name_kana", "members", cast.HANAKO.member_id, "ハナコ", "ハナ")

    waits, done = store.case(phone.case_id), store.case(name.case_id)
    assert (waits.stage, waits.work) == (Stage.VERIFIED, Work.NOT_STARTED)
    assert (done.stage, done.work) == (Stage.DECIDED, Work.QUEUED)
    acts.decide(phone.case_id)
    acts.approve(phone.case_id)
    assert acts.carry_out(phone.case_id) is Work.READY


def test_a_case_of_which_nobody_was_chosen_has_no_shield() -> None:
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    case = store.case(case_id)
    assert actions.shield_of(case) is None
    assert actions.shield_of(replace(case, identity=Identity(subjects=(), keys=()))) is None
