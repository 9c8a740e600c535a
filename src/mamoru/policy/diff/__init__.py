"""What a new version changes for people, and whether they must be told or asked (Act 17(2), 18(1), 21(3)).

The weights are the law's floor. Whether a changed purpose is still reasonably related to the
earlier one (Act 17(2)) is for people to judge: a change that may be so asks for notice, and says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mamoru.policy.diff import purposes, recipients, requests, sentences
from mamoru.policy.diff.change import Change, Rule, listed, once
from mamoru.policy.document import Policy
from mamoru.policy.terms import Need

__all__ = ["RULES", "Change", "Difference", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All changes between two versions, those that ask most first."""

    before: str
    after: str
    changes: tuple[Change, ...]

    @property
    def need(self) -> Need:
        """What the heaviest change asks for."""
        return max((change.need for change in self.changes), key=weight, default=Need.NONE)

    @property
    def asking(self) -> tuple[Change, ...]:
        """The changes for which publishing alone is not enough."""
        return tuple(c for c in self.changes if weight(c.need) > weight(Need.PUBLICATION))


def weight(need: Need) -> int:
    return need.weight


def compare(before: Policy, after: Policy) -> Difference:
    """Return what changes for people from `before` to `after`; nothing for the same policy."""
    changes = [change for rule in RULES.values() for change in rule(before, after)]
    return Difference(
        before=before.version,
        after=after.version,
        changes=tuple(sorted(changes, key=lambda change: -weight(change.need))),
    )


def _silent(_before: Policy, _after: Policy) -> Iterator[Change]:
    """The dates and the name of a version differ by nature."""
    return iter(())


RULES: Mapping[str, Rule] = {
    "version": _silent,
    "established_on": sentences.established,
    "published_on": _silent,
    "effective_from": _silent,
    "company": sentences.company,
    "clauses": sentences.words_and_promises,
    "purposes": purposes.purposes,
    "categories": listed(field="categories", key="id", ja="データの区分", en="category", article="Act 17(1)", need=Need.PUBLICATION, changed=purposes.category_changed),
    "recipients": recipients.recipients,
    "grants": purposes.grants,
    "services": listed(field="services", key="id", ja="サービス", en="service", article="Act 21", need=Need.PUBLICATION, going=Need.NOTICE, changed=purposes.service_changed),
    "measures": listed(field="measures", key="clause", ja="安全管理措置", en="measure", article="Act 32(1)(iv); Order 10(i)", need=Need.PUBLICATION),
    "measures_on_request": once(
        "measures_on_request", "安全管理措置を求めに応じて答える定め", "the offer to explain security measures",
        "Order 10(i)", Need.PUBLICATION,
    ),
    "countries": listed(field="countries", key="code", ja="取扱いのある外国", en="country", article="Act 28; guideline 10-7", need=Need.JUDGEMENT),
    "joint_use": once("joint_use", "共同利用", "joint use", "Act 27(5)(iii), (6)", Need.NOTICE),
    "opt_out": once("opt_out", "オプトアウトによる提供", "opt-out", "Act 27(2), (3)", Need.NOTICE),
    "requests": requests.requests,
    "page": sentences.page,
}  # fmt: skip
"""One rule for each part of the file: a test checks that no part is left out."""
