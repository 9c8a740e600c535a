"""The words of 第三者提供 (P2.13, P2.14): a record with the fields of Rules 19 and 20."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mamoru.kit.ids import PersonRef


class Basis(StrEnum):
    """Why data may go to a third party. Only these leave a record (appi-reference 4.1)."""

    CONSENT = "consent"  # Act 27(1)
    FOREIGN_CONSENT = "foreign-consent"  # Act 28(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionRecord:
    """One provision of one person's data (Act 29, Rule 20)."""

    person: PersonRef
    basis: Basis
    provided_on: date
    recipient: str
    recipient_address: str
    recipient_representative: str
    items: tuple[str, ...]

    def as_row(self) -> Mapping[str, str | int | float | None]:
        """Return the legally required fields as a row for the answer; not the person's digest."""
        return {
            "provided_on": self.provided_on.isoformat(),
            "basis": str(self.basis),
            "recipient": self.recipient,
            "recipient_address": self.recipient_address,
            "recipient_representative": self.recipient_representative,
            "items": "、".join(self.items),
        }
