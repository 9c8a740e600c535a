"""Which papers the company takes, as its policy says (P3.22): from the file to what judges them."""

from mamoru.identity.agent import Rules, dated_kinds
from mamoru.policy.document import Policy


def of(policy: Policy) -> Rules:
    """Return how new papers have to be, and which kinds are not taken of whom."""
    said = policy.requests.papers
    return Rules(
        months=said.issued_within_months,
        months_of={str(kind): months for kind, months in said.issued_within.items()},
        refused={role: frozenset(kinds) for role, kinds in said.not_accepted.items()},
        expiry_stated=said.expiry_stated,
    )


def issued_within(rules: Rules) -> dict[str, int]:
    """Return for each kind of paper that ages how many months old it may be."""
    return {kind: rules.months_for(kind) for kind in sorted(dated_kinds())}
