"""What a privacy policy under the APPI must say: rules L01 to L18 (Act 17, 18, 27, 28, 32 to 38).

A finding of severity `error` keeps the policy from being published.
"""

from datetime import date

from mamoru.policy.document import Policy
from mamoru.policy.lint import requests, statements
from mamoru.policy.lint.finding import Finding, Rule
from mamoru.policy.lint.requests import ALLOWED, FEES_ALLOWED, kinds_of
from mamoru.policy.terms import Severity

__all__ = ["ALLOWED", "FEES_ALLOWED", "RULES", "Finding", "errors", "kinds_of", "lint"]

RULES: tuple[Rule, ...] = (
    statements.address,
    statements.representative,
    statements.measures,
    statements.countries,
    requests.fee,
    requests.desk,
    statements.accredited,
    statements.joint_use,
    statements.opt_out,
    statements.provision_stated,
    requests.grounds,
    requests.methods,
    statements.vague,
    requests.foreign_information,
    statements.unnamed_law,
    requests.kinds,
    requests.agents,
    requests.days,
)
"""L01 to L18, one function a code."""


def lint(policy: Policy, *, today: date) -> tuple[Finding, ...]:
    """Return every finding of L01 to L18, in the order of the codes.

    In: a policy and the day on which it is judged (L02 and L04 ask how long ago people looked).
    """
    return tuple(finding for rule in RULES for finding in rule(policy, today))


def errors(policy: Policy, *, today: date) -> tuple[Finding, ...]:
    """Return the findings that keep the policy from being published."""
    return tuple(f for f in lint(policy, today=today) if f.severity is Severity.ERROR)
