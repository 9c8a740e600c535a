"""Drawing made-up people: households, births, addresses and moves. Same seed, same people."""

# ruff: noqa: PLR2004 - shares and ages of made-up people are plain numbers here

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from mamoru.site.sample import names, places
from mamoru.site.sample.cast import Home
from mamoru.site.sample.names import Reading
from mamoru.site.sample.places import Numbering, Place

_KANJI_DIGITS = "〇一二三四五六七八九十"
_ADULT = 18


@dataclass(slots=True, kw_only=True)
class Drawn:
    """A made-up person. `homes` from the oldest to the present one, with the day each began."""

    family: Reading
    given: Reading
    birth: date
    email: str
    phone: str
    homes: list[tuple[date, Home]] = field(default_factory=list)
    household: int

    @property
    def home(self) -> Home:
        """The present home."""
        return self.homes[-1][1]

    def age(self, today: date) -> int:
        """Return the age in full years."""
        had_birthday = (today.month, today.day) >= (self.birth.month, self.birth.day)
        return today.year - self.birth.year - (not had_birthday)


def people(draw: Random, count: int, *, today: date) -> list[Drawn]:
    """Return `count` people in households: about half live alone, the others with family."""
    found: list[Drawn] = []
    household = 0
    while len(found) < count:
        household += 1
        size = min(draw.choices((1, 2, 3, 4), (52, 22, 14, 12))[0], count - len(found))
        found += _household(draw, size, household, len(found), today)
    return found


def _household(draw: Random, size: int, number: int, first: int, today: date) -> list[Drawn]:
    foreign = draw.random() < 0.03
    family = draw.choice(names.FOREIGN) if foreign else _surname(draw)
    homes = _homes(draw, today)
    shared_mail = size > 1 and draw.random() < 0.15
    members: list[Drawn] = []
    for at in range(size):
        adult = at < 2
        birth = _birth(draw, today, adult=adult)
        if foreign:
            given = draw.choice(names.FOREIGN_GIVEN)
        else:
            given = draw.choice(names.MALE if draw.random() < 0.5 else names.FEMALE)
        serial = first + at + 1
        mailbox = f"home{number:04d}" if shared_mail else f"user{serial:05d}"
        # The first home began after the person did: a child has moved less often.
        lived = [(day, home) for day, home in homes if day > birth] or homes[-1:]
        members.append(
            Drawn(
                family=family,
                given=given,
                birth=birth,
                email=f"{mailbox}@mail.example",
                phone=f"0{draw.choice('789')}0-0{serial // 1000:03d}-{serial % 1000:03d}0",
                homes=list(lived),
                household=number,
            )
        )
    return members


def _surname(draw: Random) -> Reading:
    # The square makes names at the head of the list more frequent, as in a real register.
    return names.SURNAMES[int(draw.random() ** 2 * len(names.SURNAMES))]


def _birth(draw: Random, today: date, *, adult: bool) -> date:
    years = draw.triangular(19, 85, 42) if adult else draw.uniform(10, 22)
    return today - timedelta(days=int(years * 365.25))


def _homes(draw: Random, today: date) -> list[tuple[date, Home]]:
    count = draw.choices((1, 2, 3), (76, 18, 6))[0]
    days = sorted(draw.sample(range(30, 5000), count), reverse=True)
    return [(today - timedelta(days=day), home(draw)) for day in days]


def home(draw: Random) -> Home:
    """Return a made-up house number in a real town, written in one of the usual ways."""
    place = draw.choice(places.PLACES)
    building = ""
    if place.numbering is not Numbering.LOT and draw.random() < 0.55:
        word = place.town.removeprefix("大字")[:3]
        if place.numbering is Numbering.KYOTO:
            word = "京"
        room = draw.randint(1, 12) * 100 + draw.randint(1, 9)
        room_text = draw.choice((f" {room}号室", f" {room}", f"{room}号", f"－{room}"))
        building = draw.choice(places.BUILDINGS).format(word) + room_text
    return Home(
        postal_code=place.postal_code,
        address=place.city + place.town + _number(draw, place),
        building=building,
    )


def _number(draw: Random, place: Place) -> str:
    chome, block, house = draw.randint(1, 5), draw.randint(1, 32), draw.randint(1, 24)
    match place.numbering:
        case Numbering.BLOCK:
            return f"{_KANJI_DIGITS[chome]}丁目{block}番{house}号"
        case Numbering.HYPHEN:
            return f"{chome}-{block}-{house}"
        case Numbering.FULL_WIDTH:
            return f"{chome}-{block}-{house}".translate(_WIDE)
        case Numbering.TOWN_BLOCK:
            return f"{block}番{house}号"
        case Numbering.LOT | Numbering.KYOTO:
            lot = draw.randint(1, 1900)
            return f"{lot}番地の{house}" if draw.random() < 0.5 else f"{lot}番地"


_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def minors(people_of_a_house: Sequence[Drawn], today: date) -> list[Drawn]:
    """Return those under 18 (Civil Code 4)."""
    return [person for person in people_of_a_house if person.age(today) < _ADULT]
