"""A second look at refusal, slow and plain, written from the reference and not from the code."""

from dataclasses import dataclass

# Reference 6.2, row by row: which kinds of demand each ground is good against.
# R1 notice of purpose, R2 disclosure, R2b provision records, R3 the three corrections,
# R4 cease use and erasure, R5 cease provision.
R1 = {"notice-of-purpose"}
R2 = {"disclosure", "disclosure-of-provision-records"}
R3 = {"correction", "addition", "deletion"}
R4 = {"cease-use", "erasure"}
R5 = {"cease-provision"}
ALL = R1 | R2 | R3 | R4 | R5
GOOD_AGAINST = {
    "identity-unconfirmed": ALL,
    "agency-unconfirmed": ALL,
    "application-defective": ALL,
    "not-retained-personal-data": ALL,
    "harm-to-rights": R1 | R2,
    "hindrance-to-business": R2,
    "other-law": R2,
}


@dataclass(frozen=True)
class Known:
    """What an officer knows, in plain yes and no."""

    identity_confirmed: bool
    by_agent: bool
    authority_proven: bool
    defects: bool
    retained: bool


def is_incomplete(kind: str, items: tuple[str, ...], before: str, after: str) -> bool:
    """P3.8: items are named. P3.9: a correction says what it was and what it shall be."""
    if len(items) == 0:
        return True
    if kind == "correction":
        return before.strip() == "" or after.strip() == "" or before.strip() == after.strip()
    if kind == "addition":
        return after.strip() == ""
    if kind == "deletion":
        return before.strip() == ""
    return False


def answer(
    kind: str, *, incomplete: bool, known: Known, judged: str, reason: str, law: str
) -> list[str] | str:
    """Return the grounds in the policy's order, or the name of what is wrong with the judgement."""
    standing = []
    if not known.identity_confirmed:
        standing.append("identity-unconfirmed")
    if known.by_agent and not known.authority_proven:
        standing.append("agency-unconfirmed")
    if incomplete or known.defects:
        standing.append("application-defective")
    if not known.retained:
        standing.append("not-retained-personal-data")
    if judged and judged not in standing:
        if kind not in GOOD_AGAINST[judged]:
            return "ground-forbidden"
        if judged not in {"harm-to-rights", "hindrance-to-business", "other-law"}:
            return "ground-forbidden"  # a fact is not a matter of judgement
        if reason.strip() == "":
            return "reason-missing"
        if judged == "other-law" and law.strip() == "":
            return "reason-missing"
        standing.append(judged)
    return [ground for ground in GOOD_AGAINST if ground in standing]
