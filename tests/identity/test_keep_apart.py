"""P3.10: two places that look alike when a space, a letter or a digit is passed over are two."""

import pytest

from mamoru.identity import address
from mamoru.identity.terms import Verdict

DIFFERENT = [
    # a house's number against a room of the block
    ("東京都新宿区西新宿2丁目8番1号", "東京都新宿区西新宿2丁目8番 1号室"),
    ("東京都港区芝2-8-1", "東京都港区芝2-8 1号室"),
    # what a space parts is joined
    ("東京都新宿区西新宿2-8-1 メゾン2 101号室", "東京都新宿区西新宿2-8-1 メゾン 2101号室"),
    ("東京都新宿区西新宿2-8-1 コーポ第1 2号室", "東京都新宿区西新宿2-8-1 コーポ第12号室"),
    ("埼玉県川口市本町1 2 3", "埼玉県川口市本町1-23"),
    ("埼玉県川口市本町1-2 3 4", "埼玉県川口市本町1-2-34"),
    ("東京都新宿区西新宿2-8-1 コーポ1・2号館", "東京都新宿区西新宿2-8-1 コーポ12号館"),
    # digits within Latin letters are dropped
    ("Honcho 1 2-3, Kawaguchi-shi, Saitama", "埼玉県川口市本町2-3"),
    ("Shiba 3 5-1, Minato-ku, Tokyo", "東京都港区芝5-1"),
    ("1-2-3 Shiba 101, Minato-ku, Tokyo", "東京都港区芝1-2-3"),
    ("101 Shiba 1-2-3, Minato-ku, Tokyo", "東京都港区芝101"),
    # a ケ of the name itself taken for a particle
    ("東京都港区芝浦3-4-1 コーポタケ 101", "東京都港区芝浦3-4-1 コーポタカ 101"),
    ("東京都港区芝浦3-4-1 サカ荘101", "東京都港区芝浦3-4-1 サケ荘101"),
    ("東京都港区芝浦3-4-1 アカ原荘101", "東京都港区芝浦3-4-1 アガ原荘101"),
    ("北海道札幌市東区字タケ沢1-1", "北海道札幌市東区字タカ沢1-1"),
    ("北海道札幌市東区字タケ沢1-1", "北海道札幌市東区字タガ沢1-1"),
    # the same last number before two rooms
    ("東京都港区芝浦3-4-1-801 グランパーク901", "東京都港区芝浦3-4-1 グランパーク801"),
    ("東京都港区芝浦3-4-1-8 グランパーク801", "東京都港区芝浦3-4-1 グランパーク8号室"),
    # the name's last letter taken for a basement
    ("東京都港区芝1-2-3 グリーンB 2階", "東京都港区芝1-2-3 グリーン 地下2階"),
]


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_two_places_are_not_one(a: str, b: str) -> None:
    assert address.compare(a, b).verdict is not Verdict.MATCH
