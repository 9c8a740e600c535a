"""住所一致: application, identity paper and record agree, or it is said which pair does not (P3.10).

The worst pair decides. A mover's paper that shows both addresses links the
three as a chain; what is shown to staff is everything, what is decided is little.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mamoru.identity import address, birth, name, reasons
from mamoru.identity.terms import Particulars, Verdict, worst


class Pair(StrEnum):
    """Which two of the three sources are compared."""

    APPLICATION_DOCUMENT = "application-document"
    APPLICATION_REGISTERED = "application-registered"
    DOCUMENT_REGISTERED = "document-registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVerdict:
    """One cell of the matrix: what was compared, the verdict, why, and both originals."""

    pair: str
    verdict: Verdict
    reasons: tuple[str, ...]
    a: str
    b: str
    differing: tuple[str, ...] = ()
    table_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWay:
    """The matrix for addresses, names and birth dates, with the chain of a mover if there is one.

    `chain` holds the two links that matched in place of the plain matrix;
    `address` is then `match`, and `warnings` says `former-address`.
    """

    addresses: tuple[PairVerdict, ...]
    names: tuple[PairVerdict, ...]
    births: tuple[PairVerdict, ...]
    chain: tuple[PairVerdict, ...]
    warnings: tuple[str, ...]
    address: Verdict
    name: Verdict
    birth: Verdict
    verdict: Verdict

    @property
    def confirmed(self) -> bool:
        """Whether application, document and record name one person at one address."""
        return self.verdict is Verdict.MATCH

    @property
    def by_chain(self) -> bool:
        """Whether the addresses agree only by way of a former address on the paper."""
        return bool(self.chain)


_PAIRS: Final = (
    (Pair.APPLICATION_DOCUMENT, 0, 1),
    (Pair.APPLICATION_REGISTERED, 0, 2),
    (Pair.DOCUMENT_REGISTERED, 1, 2),
)


def verify_person(
    application: Particulars,
    document: Particulars,
    registered: Particulars,
    *,
    former_registered: Iterable[str] = (),
    document_former: str = "",
) -> ThreeWay:
    """Compare what the form, the paper and the record say of a person; the worst pair decides.

    `document_former` is an earlier address on the same paper, `former_registered`
    are addresses that the company knew before. What a source does not state is
    `cannot-tell`, not a failure; a birth date that the record lacks is not
    asked for, as long as form and paper agree.
    """
    sources = (application, document, registered)
    addresses = _matrix([each.address for each in sources], _address_pair)
    names = tuple(
        _name_pair(pair, sources[first], sources[second]) for pair, first, second in _PAIRS
    )
    births = _matrix([each.birth for each in sources], _birth_pair)
    chain = _chain(addresses, registered, document_former)
    warnings = set()
    if chain or _known_before(former_registered, application, document, registered):
        warnings.add("former-address")
    of_address = Verdict.MATCH if chain else worst(each.verdict for each in addresses)
    of_name = worst(each.verdict for each in names)
    of_birth = _births(births)
    return ThreeWay(
        addresses=addresses,
        names=names,
        births=births,
        chain=chain,
        warnings=reasons.ordered(warnings),
        address=of_address,
        name=of_name,
        birth=of_birth,
        verdict=worst((of_address, of_name, of_birth)),
    )


def _matrix(
    texts: list[str], compare: Callable[[str, str, str], PairVerdict]
) -> tuple[PairVerdict, ...]:
    return tuple(compare(pair, texts[first], texts[second]) for pair, first, second in _PAIRS)


def _not_given(pair: str, a: str, b: str) -> PairVerdict:
    return PairVerdict(pair=pair, verdict=Verdict.CANNOT_TELL, reasons=("not-given",), a=a, b=b)


def _address_pair(pair: str, a: str, b: str) -> PairVerdict:
    if not a.strip() or not b.strip():
        return _not_given(pair, a, b)
    found = address.compare(a, b)
    return PairVerdict(
        pair=pair,
        verdict=found.verdict,
        reasons=found.reasons,
        a=a,
        b=b,
        differing=found.differing,
        table_version=found.table_version,
    )


def _name_pair(pair: str, a: Particulars, b: Particulars) -> PairVerdict:
    if not a.name.whole or not b.name.whole:
        return _not_given(pair, a.name.whole, b.name.whole)
    found = name.compare(a.name, b.name)
    return PairVerdict(
        pair=pair,
        verdict=found.verdict,
        reasons=found.reasons,
        a=a.name.whole,
        b=b.name.whole,
        table_version=found.table_version,
    )


def _birth_pair(pair: str, a: str, b: str) -> PairVerdict:
    found = birth.compare(a, b)
    return PairVerdict(pair=pair, verdict=found.verdict, reasons=found.reasons, a=a, b=b)


def _births(births: tuple[PairVerdict, ...]) -> Verdict:
    """The record may lack a birth date; form and paper must agree all the same."""
    stated = [each for each in births if each.reasons != ("not-given",)]
    if births[0] not in stated:
        return worst([Verdict.CANNOT_TELL, *(each.verdict for each in stated)])
    return worst(each.verdict for each in stated)


def _chain(
    addresses: tuple[PairVerdict, ...], registered: Particulars, document_former: str
) -> tuple[PairVerdict, ...]:
    """Return the links of a mover: form = paper (new), paper (former) = record; else nothing."""
    with_document = addresses[0]
    if all(each.verdict is Verdict.MATCH for each in addresses) or not document_former.strip():
        return ()
    link = _address_pair("document-former-registered", document_former, registered.address)
    if with_document.verdict is Verdict.MATCH and link.verdict is Verdict.MATCH:
        return with_document, link
    return ()


def _known_before(
    former: Iterable[str], application: Particulars, document: Particulars, registered: Particulars
) -> bool:
    """Whether the form or the paper states an address that the company knew earlier."""
    return any(
        stated.strip()
        and address.compare(stated, each).verdict is Verdict.MATCH
        and address.compare(stated, registered.address).verdict is not Verdict.MATCH
        for each in former
        for stated in (application.address, document.address)
    )
