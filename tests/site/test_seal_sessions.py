"""Sessions reach the database sealed (P1.13, P3.25)."""

import pytest

from mamoru.kit.seal import SealBroken
from mamoru.site.sessions import SealedSerializer


def test_a_half_filled_form_is_unreadable_in_the_session_and_comes_back() -> None:
    form = {"family_name": "山本", "step": 2, "items": ["all"]}

    sealed = SealedSerializer().dumps(form)

    assert "山本".encode() not in sealed
    assert SealedSerializer().loads(sealed) == form
    with pytest.raises(SealBroken):
        SealedSerializer().loads(sealed[:-5] + b"00000")
