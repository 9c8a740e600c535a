"""目的外利用の禁止 (P1.5, P2.1, Act 18): standing, verdict, permit, and what the gate asks others for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from mamoru.datamap.acts import Share
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import PersonRef

INTERNAL = "internal"
"""The recipient that is the company itself."""
EVERYBODY = "*"
"""In a stop or a consent: every recipient outside the company, every recipient at all."""


class GateError(MamoruError):
    """The gate does not open."""

    code, exit_code = "gate-closed", 3


class PermitExpired(GateError):
    """The permit to touch the company's data has run out. Ask the gate for a new one."""

    code: ClassVar[str] = "permit-expired"
    retry: ClassVar[bool] = True


class Form(StrEnum):
    """How a granted value may be seen."""

    CLEAR = "clear"
    MASKED = "masked"
    AGGREGATE = "aggregate"
    SUPPRESSED = "suppressed"


class Operation(StrEnum):
    """What a permit is for. A permit for one is none for another."""

    FIND = "find"
    READ = "read"
    CORRECT = "correct"
    ERASE = "erase"
    MARK = "mark"  # a flag in the company's own table, which its own systems obey


class Code(StrEnum):
    """Why the gate opened or did not; stable, for screens, logs and problem documents."""

    GRANTED = "granted"
    UNKNOWN_PURPOSE = "unknown-purpose"
    NOT_GRANTED = "not-granted"
    SUPPRESSED = "suppressed"
    STANDING_UNKNOWN = "standing-unknown"
    # One word for suspended, stopped, refused and erased: the caller must not learn which.
    STANDING_CLOSED = "standing-closed"
    CONSENT_MISSING = "consent-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stands, now (P2.13, P3.6, P3.7). Made of records; the strictest wins."""

    consents: frozenset[tuple[str, str]] = frozenset()  # (purpose, recipient)
    refusals: frozenset[str] = frozenset()  # purposes
    suspended: bool = False  # 利用停止 in force
    stopped: frozenset[str] = frozenset()  # recipients; EVERYBODY for all outside
    tombstone: bool = False  # erased: nothing may come back

    def strictest(self, other: "Standing") -> "Standing":
        """Return what holds when both are true: all prohibitions, only shared consents."""
        return Standing(
            consents=self.consents & other.consents,
            refusals=self.refusals | other.refusals,
            suspended=self.suspended or other.suspended,
            stopped=self.stopped | other.stopped,
            tombstone=self.tombstone or other.tombstone,
        )


class StandingSource(Protocol):
    """The port that the room of consents fills."""

    def standing(self, person: PersonRef) -> Standing | None:
        """Return how a person stands; None where it cannot be told, which closes the gate."""
        ...


class PurposeTerms(Protocol):
    """What the gate must know of a purpose of use."""

    @property
    def clause(self) -> str:
        """The id of the sentence that states it."""
        ...

    @property
    def basis(self) -> str:
        """`stated`, `consent`, `law` or `entrustment`."""
        ...

    @property
    def needs(self) -> str:
        """`none`, `not-refused` or `consent`."""
        ...


class GrantTerms(Protocol):
    """One permission of the policy."""

    @property
    def form(self) -> str:
        """A word of `Form`."""
        ...

    @property
    def clause(self) -> str:
        """The id of the sentence on which it rests."""
        ...


class Compiled(Protocol):
    """The compiled policy, as far as the gate reads it."""

    @property
    def digest(self) -> str:
        """The hash of the policy that was compiled."""
        ...

    @property
    def purposes(self) -> Mapping[str, PurposeTerms]:
        """Purposes by code."""
        ...

    @property
    def grants(self) -> Mapping[tuple[str, str, str], GrantTerms]:
        """Permissions by (purpose, category, recipient). What is not in it is forbidden."""
        ...

    @property
    def by_name(self) -> frozenset[str]:
        """Recipients that receive of a person only by a consent that names them (Act 27(1))."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The gate's answer to one question, with the reason in words."""

    allowed: bool
    code: Code
    reason: str
    clause: str  # the sentence that allows, or that forbids by what it does not say
    form: Form = Form.SUPPRESSED
    remedy: str = ""  # what would make it lawful


class Place(Protocol):
    """What a permit is asked for: a `Location` or a `Search` of the data map."""

    @property
    def store(self) -> str:
        """The store's name."""
        ...

    @property
    def table(self) -> str:
        """The table's name."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns meant."""
        ...

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of the columns, in the same order."""
        ...


class PersonsPlace(Place, Protocol):
    """A place that is narrowed to one person's rows."""

    @property
    def digest(self) -> str:
        """A digest of the place and of whose rows are meant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """May touch these columns of this person, for this case and purpose, until then.

    Made by `gate.permit.issue` only. It is shown to a connector with every call.
    """

    case: str
    purpose: str
    recipient: str
    operation: Operation
    columns: frozenset[tuple[str, str, str]]  # (store, table, column)
    reach: frozenset[str] = field(repr=False)  # digests of the locations; empty for FIND
    frozen: frozenset[Share] = field(repr=False)  # whose rows may change; empty: nobody's
    by: str
    issued_at: datetime
    until: datetime
    policy: str  # digest of the policy under which it was issued

    def allows(
        self, store: str, table: str, column: str, operation: Operation | str, now: datetime
    ) -> bool:
        """Return whether one column may be touched now; PermitExpired once its time is over."""
        self.check_time(now)
        return operation == self.operation and (store, table, column) in self.columns

    def covers(self, location: PersonsPlace, operation: Operation | str, now: datetime) -> bool:
        """Return whether this very person's rows and all columns of the location are meant."""
        self.check_time(now)
        store, table = location.store, location.table
        return (
            location.digest in self.reach
            and operation == self.operation
            and self.columns.issuperset([(store, table, column) for column in location.columns])
        )

    def check_time(self, now: datetime) -> None:
        """Raise PermitExpired unless `now` lies in the permit's time (half-open)."""
        if not self.issued_at <= now < self.until:
            raise PermitExpired(f"the permit of `{self.case}` for `{self.purpose}` has run out")


def strictest(standings: Iterable[Standing]) -> Standing | None:
    """Return the strictest of several standings of one person; None, which closes, if none is known."""
    result: Standing | None = None
    for standing in standings:
        result = standing if result is None else result.strictest(standing)
    return result
