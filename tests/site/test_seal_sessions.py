"""Sessions reach the database sealed (P1.13, P3.25)."""

import pytest

from mamoru.kit.seal import DataKey, SealBroken
from mamoru.site.sessions import SealedSerializer
from mamoru.site.work import _SealedJson


def test_a_half_filled_form_is_unreadable_in_the_session_and_comes_back() -> None:
    form = {"family_name": "山本", "step": 2, "items": ["all"]}

    sealed = SealedSerializer().dumps(form)

    assert "山本".encode() not in sealed
    assert SealedSerializer().loads(sealed) == form
    with pytest.raises(SealBroken):
        SealedSerializer().loads(sealed[:-5] + b"00000")


def test_workflow_data_is_sealed_and_plain_only() -> None:
    made = _SealedJson(DataKey(bytes(32)))

    sealed = made.serialize({"args": ["C-2026-000001-5"]})

    assert "C-2026" not in sealed
    assert made.deserialize(sealed) == {"args": ["C-2026-000001-5"]}
    with pytest.raises(TypeError, match="plain"):
        made.serialize({"value": object()})
