"""A protected member's page tells nobody who opens it where the member is (P3.11, P3.18)."""

import pytest

from mamoru.cases import actions
from mamoru.site.sample import cast
from tests.cases import acts
from tests.cases.acts import NOW
from tests.cases.test_agent_matrix import flag
from tests.cases.test_protect import another_case, marked_by

pytestmark = pytest.mark.usefixtures("house")
PLACES = (cast.HANAKO.home.address, cast.HANAKO.phone, cast.HANAKO.email)


def page() -> str:
    return str(actions.registered_of(acts.user_of(cast.HANAKO), now=NOW))


@pytest.mark.promise("P3.11", "P3.18")
def test_a_flag_takes_the_whereabouts_off_the_page_and_leaves_the_name() -> None:
    assert {cast.HANAKO.home.address, cast.HANAKO.phone} <= {
        each for each in PLACES if each in page()
    }

    flag(another_case())

    assert [each for each in PLACES if each in page()] == []
    assert cast.HANAKO.name in page()


@pytest.mark.promise("P3.11")
@pytest.mark.parametrize(("unmarked", "shown"), [("active", True), ("withdrawn", False)])
def test_the_companys_own_mark_hides_as_well_and_is_itself_never_shown(
    unmarked: str, shown: bool
) -> None:
    assert "会員の状態" in page()
    with marked_by("status", unmarked):
        assert "会員の状態" not in page()
        assert (cast.HANAKO.home.address in page()) is shown
