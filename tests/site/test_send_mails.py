"""The worker sends what mails are asked for, in a thread of its own (decision 28)."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mamoru.cases import actions
from mamoru.cases.terms import DemandKind, Subject
from mamoru.kit import clock
from mamoru.kit.ids import REQUESTER, StaffId
from mamoru.site import work
from mamoru.site.sample import cast
from tests import mail_server
from tests.cases import acts
from tests.mail_server import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(settings: Any) -> Iterator[Mailbox]:
    """The company's mail server, and a worker's thread that sends."""
    with mail_server.of_company(settings) as server:
        work._worker.stopping.clear()
        thread = threading.Thread(target=work._mail, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            work._worker.stopping.set()
            thread.join()


def test_a_code_that_is_asked_for_arrives(post: Mailbox) -> None:
    now = clock.now()
    case_id = acts.file(acts.filing(cast.HANAKO, DemandKind.DISCLOSURE), now=now)
    subject = Subject(store="shop", table="members", key=cast.HANAKO.member_id)
    actions.identify(case_id, (subject,), by=StaffId("staff:1"), now=now)
    actions.ask_mailed_code(case_id, by=REQUESTER, now=now)
    assert post.arrived.wait(10)
    assert post.taken[0][0] == cast.HANAKO.email
