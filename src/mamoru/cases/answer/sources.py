"""What an answer is worded from: the policy and the data map in force."""

from dataclasses import dataclass

from mamoru.datamap.inventory import DataMap
from mamoru.policy.document import Policy


@dataclass(frozen=True, slots=True)
class Sources:
    """What the wording of an answer is taken from: the policy and the data map in force."""

    policy: Policy
    datamap: DataMap
    public_url: str
    hidden: frozenset[str] = frozenset()  # columns that this answer must not show

    def hides(self, table: str, column: str) -> bool:
        """Return whether a column of a table (`store/table`) must not be shown."""
        return f"{table}/{column}" in self.hidden
