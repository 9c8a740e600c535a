"""A code to the registered mail shows who reads it, and confirms nobody (P3.10, decision 28)."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from mamoru.cases import actions, store
from mamoru.cases.models import CaseRow
from mamoru.cases.terms import (
    DemandKind,
    MailedState,
    ProofKind,
    ProofOf,
    Subject,
    TellingWay,
)
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.kit.mail import Mail, MailRefused, MailUncertain, MailUnreachable
from mamoru.ledger import append
from mamoru.site import mail
from mamoru.site.sample import cast
from tests import mail_server
from tests.cases import acts
from tests.cases.acts import NOW, SUZUKI
from tests.cases.test_post_a_code import is_of, with_passport, wrong
from tests.conftest import Company
from tests.mail_server import Mailbox

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def post(settings: Any) -> Iterator[Mailbox]:
    """The company's mail server, named in its settings."""
    with mail_server.of_company(settings) as server:
        yield server


def ask(case_id: CaseId, *, now: datetime = NOW) -> None:
    actions.ask_mailed_code(case_id, by=REQUESTER, now=now)


def enter(case_id: CaseId, code: str, *, now: datetime = NOW) -> None:
    actions.enter_mailed_code(case_id, code, by=REQUESTER, now=now)


def refused(case_id: CaseId, code: str, *, now: datetime = NOW) -> str:
    with pytest.raises(actions.MailedCodeRefused) as problem:
        enter(case_id, code, now=now)
    return str(problem.value)


def code_in(post: Mailbox) -> str:
    found = re.search(r"(\d{4}) (\d{4})", post.text)
    assert found is not None
    return found[1] + found[2]


def sent(case_id: CaseId, post: Mailbox, *, now: datetime = NOW) -> str:
    ask(case_id, now=now)
    assert actions.send_mailed_codes(now=now) == 1
    return code_in(post)


def state(case_id: CaseId, *, now: datetime = NOW) -> MailedState | None:
    return actions.mailed_state(store.case(case_id), now=now)


@pytest.mark.promise("P3.10")
def test_the_mail_goes_to_the_record_whatever_the_form_says(post: Mailbox) -> None:
    case_id = with_passport(email="somebody.else@mail.example")
    sent(case_id, post)
    assert [to for to, _ in post.taken] == [cast.HANAKO.email]


@pytest.mark.promise("P3.10")
def test_a_code_that_came_back_is_seen_and_confirms_nobody(post: Mailbox) -> None:
    case_id = with_passport()
    before = actions.check(case_id, now=NOW)
    enter(case_id, sent(case_id, post))
    assert actions.reads_registered_mail(store.case(case_id), now=NOW)
    after = actions.check(case_id, now=NOW)
    assert after == before
    with pytest.raises(actions.NotConfirmed):
        actions.verify_case(case_id, by=SUZUKI, now=NOW)


@pytest.mark.promise("P1.5")
def test_the_mail_names_nobody_and_logs_nobody_in(post: Mailbox) -> None:
    case_id = with_passport()
    code = sent(case_id, post)
    (_, got) = post.taken[0]
    assert got["Subject"] == "確認番号のお知らせ"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Message-ID"].endswith("@company.example>")
    known = (cast.HANAKO.family_name, cast.HANAKO.given_name, cast.HANAKO.member_id, str(case_id))
    assert not [each for each in known if each in post.text]
    for link in re.findall(r"https?://\S+", post.text):
        assert "?" not in link
        assert code not in link


def test_the_code_is_nowhere_but_in_the_mail(post: Mailbox) -> None:
    case_id = with_passport()
    code = sent(case_id, post)
    enter(case_id, code)
    row = CaseRow.objects.get(id=case_id)
    kept = [str(getattr(row, each.name)) for each in CaseRow._meta.concrete_fields]
    kept += [repr(store.case(case_id).mailed), *(repr(each) for each in append.entries(case_id))]
    assert not [each for each in kept if code in each]
    told = "".join(repr(each.body) for each in append.entries(case_id))
    assert cast.HANAKO.email not in told


def test_wrong_late_and_never_sent_are_answered_alike(post: Mailbox) -> None:
    never, late, nobody = with_passport(), with_passport(), unidentified()
    code = sent(late, post)
    ask(nobody)
    assert actions.send_mailed_codes(now=NOW) == 0
    said = {
        refused(never, "12345678"),
        refused(nobody, "12345678"),
        refused(late, wrong(code)),
        refused(late, code, now=NOW + 16 * MINUTE),
    }
    assert len(said) == 1


def unidentified() -> CaseId:
    """A case of which nobody has said yet whose it is."""
    return acts.file(acts.filing(cast.TARO, DemandKind.DISCLOSURE))


def test_the_code_is_taken_for_fifteen_minutes(post: Mailbox) -> None:
    case_id = with_passport()
    code = sent(case_id, post)
    refused(case_id, code, now=NOW + 15 * MINUTE + timedelta(seconds=1))
    enter(case_id, code, now=NOW + 15 * MINUTE)


def test_five_wrong_tries_end_a_code_and_a_new_one_voids_the_old(post: Mailbox) -> None:
    case_id = with_passport()
    old = sent(case_id, post)
    for _ in range(5):
        refused(case_id, wrong(old))
    refused(case_id, old)
    assert state(case_id) is MailedState.SPENT
    new = sent(case_id, post)
    if old != new:
        refused(case_id, old)
    enter(case_id, new)


def test_a_code_is_asked_for_three_times_an_hour(post: Mailbox) -> None:
    case_id = with_passport()
    for _ in range(3):
        sent(case_id, post)
    with pytest.raises(actions.TooManyMails):
        ask(case_id)
    other = with_passport()
    ask(other)
    assert actions.send_mailed_codes(now=NOW) == 0, "one mailbox gets three an hour, from all cases"
    assert len(post.taken) == 3


@pytest.mark.promise("P1.5")
def test_where_the_connection_breaks_after_the_mail_no_second_one_goes_by_itself(
    post: Mailbox,
) -> None:
    case_id = with_passport()
    post.fails = "after"
    ask(case_id)
    actions.send_mailed_codes(now=NOW)
    actions.send_mailed_codes(now=NOW)
    assert len(post.taken) == 1
    assert state(case_id) is MailedState.UNCERTAIN
    enter(case_id, code_in(post))  # it had arrived all the same


class Died(BaseException):
    """The process was killed."""


def test_a_process_that_dies_before_or_after_handing_over_sends_no_second_mail(
    post: Mailbox,
) -> None:
    real = mail.Smtp()

    class Dying:
        """Hands the mail over, if told to, and dies."""

        def __init__(self, *, first: bool) -> None:
            self.first = first

        def send(self, sending: Any) -> None:
            if self.first:
                real.send(sending)
            raise Died

    for first in (False, True):
        case_id = with_passport()
        ask(case_id)
        actions.install_mailer(Dying(first=first))
        with pytest.raises(Died):
            actions.send_mailed_codes(now=NOW)
        actions.install_mailer(real)
        assert actions.send_mailed_codes(now=NOW) == 0
        assert state(case_id) is MailedState.UNCERTAIN
        assert append.entries(case_id)[-1].kind == "case.mailed-code.sending"
    assert len(post.taken) == 1


class Meanwhile:
    """Hands a mail over, and before it is known how that ended something happens, once."""

    def __init__(self, then: Callable[[], object], fails: MailRefused | None = None) -> None:
        self.then: Callable[[], object] | None = then
        self.fails = fails

    def send(self, mail_: Mail) -> None:
        then, self.then = self.then, None
        if then is None:
            mail.Smtp().send(mail_)
            return
        if self.fails is None:
            mail.Smtp().send(mail_)
        then()
        if self.fails is not None:
            raise self.fails


@pytest.mark.promise("P3.10")
def test_how_an_older_mail_ended_says_nothing_of_the_newer(post: Mailbox) -> None:
    case_id = with_passport()
    ask(case_id)
    slow = Meanwhile(lambda: sent(case_id, post), MailRefused("refused late"))
    actions.install_mailer(slow)

    assert actions.send_mailed_codes(now=NOW) == 0

    assert state(case_id) is MailedState.SENT
    enter(case_id, code_in(post))
    assert actions.reads_registered_mail(store.case(case_id), now=NOW)


@pytest.mark.promise("P3.10")
def test_a_code_that_comes_back_before_the_server_answers_stays_entered(post: Mailbox) -> None:
    case_id = with_passport()
    ask(case_id)
    actions.install_mailer(Meanwhile(lambda: enter(case_id, code_in(post))))

    assert actions.send_mailed_codes(now=NOW) == 1

    assert state(case_id) is MailedState.ENTERED
    assert actions.reads_registered_mail(store.case(case_id), now=NOW)


def test_a_mail_that_the_server_refuses_is_known_not_to_have_left(post: Mailbox) -> None:
    case_id = with_passport()
    post.fails = "recipient"
    ask(case_id)
    actions.send_mailed_codes(now=NOW)
    assert state(case_id) is MailedState.FAILED
    refused(case_id, "12345678")


def test_no_error_of_sending_names_the_address(post: Mailbox, settings: Any) -> None:
    smtp = mail.Smtp()
    one = Mail(to=cast.HANAKO.email, subject="s", text="t")
    post.fails = "recipient"
    with pytest.raises(MailRefused) as first:
        smtp.send(one)
    post.fails = "after"
    with pytest.raises(MailUncertain) as second:
        smtp.send(one)
    settings.EMAIL_PORT = 1
    with pytest.raises(MailUnreachable) as third:
        smtp.send(one)
    for problem in (first, second, third):
        assert cast.HANAKO.email not in f"{problem.value!r}{problem.value.__cause__!r}"
        assert problem.value.__suppress_context__


def test_an_address_with_a_second_line_writes_no_header_of_its_own(post: Mailbox) -> None:
    with pytest.raises(MailRefused):
        mail.Smtp().send(Mail(to="a@b.example\nBcc: c@d.example", subject="s", text="t"))
    assert post.taken == []


def test_an_ask_that_waited_too_long_is_not_answered_with_a_mail(post: Mailbox) -> None:
    case_id = with_passport()
    ask(case_id)
    assert actions.send_mailed_codes(now=NOW + 16 * MINUTE) == 0
    assert post.taken == []


@pytest.mark.promise("P3.10")
def test_what_one_mailbox_received_says_nothing_of_another_record(post: Mailbox) -> None:
    case_id = with_passport()
    enter(case_id, sent(case_id, post))
    is_of(case_id, cast.TARO)
    assert not actions.reads_registered_mail(store.case(case_id), now=NOW)


@pytest.mark.promise("P3.10")
def test_what_a_familys_mailbox_received_for_one_says_nothing_of_another_of_it(
    post: Mailbox,
) -> None:
    case_id = with_passport(cast.MEGUMI)
    enter(case_id, sent(case_id, post))
    assert actions.reads_registered_mail(store.case(case_id), now=NOW)

    is_of(case_id, cast.YO)

    assert cast.YO.email == cast.MEGUMI.email
    assert not actions.reads_registered_mail(store.case(case_id), now=NOW)


@pytest.mark.promise("P3.10")
def test_a_code_in_one_case_says_nothing_in_another_of_the_same_person(post: Mailbox) -> None:
    first, second = with_passport(), with_passport()
    code = sent(first, post)
    other = sent(second, post)
    enter(first, code)

    assert code == other or refused(second, code)
    assert not actions.reads_registered_mail(store.case(second), now=NOW)


def now_has_mail(someone: cast.Someone, email: str) -> None:
    """The shop registers another mail address."""
    shop = sqlite3.connect(acts.home() / "shop.sqlite3")
    with shop:
        shop.execute("UPDATE members SET email = ? WHERE member_id = ?", [email, someone.member_id])
    shop.close()


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("moved", "email"),
    [
        ((cast.YO,), "another@mail.example"),
        ((cast.MEGUMI, cast.YO), "another@mail.example"),
        ((cast.MEGUMI, cast.YO), ""),
    ],
)
def test_a_code_says_nothing_once_the_chosen_records_name_another_mailbox_or_none(
    post: Mailbox, company: Company, moved: tuple[cast.Someone, ...], email: str
) -> None:
    case_id = with_passport(cast.MEGUMI)
    is_of(case_id, cast.MEGUMI, cast.YO)
    enter(case_id, sent(case_id, post))
    assert actions.reads_registered_mail(store.case(case_id), now=NOW)

    for each in moved:
        now_has_mail(each, email)
    is_of(case_id, cast.MEGUMI, cast.YO)

    assert not actions.reads_registered_mail(store.case(case_id), now=NOW)


@pytest.mark.promise("P3.10")
def test_a_code_that_came_back_from_the_earlier_mailbox_is_a_finding_while_it_counts(
    post: Mailbox, company: Company
) -> None:
    case_id = with_passport()
    now_has_mail(cast.HANAKO, "taken.over@mail.example")
    with pytest.raises(actions.NotConfirmed):
        actions.verify_case(case_id, by=SUZUKI, now=NOW)

    enter(case_id, sent(case_id, post))

    assert [to for to, _ in post.taken] == [cast.HANAKO.email]
    assert actions.reads_registered_mail(store.case(case_id), now=NOW)
    after = NOW + timedelta(days=31)
    assert not actions.reads_registered_mail(store.case(case_id), now=after)


def test_two_records_with_two_addresses_get_no_mail(post: Mailbox) -> None:
    case_id = with_passport()
    is_of(case_id, cast.HANAKO, cast.TARO)
    ask(case_id)
    assert actions.send_mailed_codes(now=NOW) == 0
    assert post.taken == []


def test_without_a_mail_server_nothing_is_offered() -> None:
    case_id = with_passport()
    actions.install_mailer(None)
    assert not actions.takes_mailed_code(store.case(case_id))
    with pytest.raises(actions.NoMailServer):
        ask(case_id)


def with_changed_mail() -> CaseId:
    """花子's registered mail was changed by the shop after her record was chosen."""

    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE))
    acts.hand_in(case_id, ProofKind.DRIVING_LICENCE, ProofOf.PERSON, acts.finding(cast.HANAKO))
    subject = Subject(store="shop", table="members", key=cast.HANAKO.member_id)
    actions.identify(case_id, (subject,), by=SUZUKI, now=NOW)
    shop = sqlite3.connect(acts.home() / "shop.sqlite3")
    with shop:
        shop.execute(
            "UPDATE members SET email = ? WHERE member_id = ?",
            ["taken.over@mail.example", cast.HANAKO.member_id],
        )
    shop.close()
    actions.verify_case(case_id, by=SUZUKI, now=NOW)
    return case_id


@pytest.mark.promise("P3.24")
def test_the_notice_of_a_change_goes_to_the_earlier_mail_address(post: Mailbox) -> None:
    case_id = with_changed_mail()
    actions.mail_change_notice(case_id, by=SUZUKI, now=NOW)
    ((to, got),) = post.taken
    assert to == cast.HANAKO.email
    assert "taken.over" not in post.text + str(got["Subject"])
    assert cast.HANAKO.family_name not in post.text
    told = store.case(case_id).told_of_change
    assert told is not None
    assert told.way is TellingWay.ELECTRONIC_MAIL
    with pytest.raises(actions.StageForbidden):
        actions.mail_change_notice(case_id, by=SUZUKI, now=NOW)


def test_a_notice_of_which_nobody_knows_whether_it_left_is_not_recorded_as_told(
    post: Mailbox,
) -> None:
    case_id = with_changed_mail()
    post.fails = "after"
    with pytest.raises(MailUncertain):
        actions.mail_change_notice(case_id, by=SUZUKI, now=NOW)
    assert store.case(case_id).told_of_change is None
