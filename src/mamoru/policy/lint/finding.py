"""One thing that a rule found in a policy, and the shape of every rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from mamoru.policy import labels
from mamoru.policy.document import Policy
from mamoru.policy.terms import Language, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found, in both languages, with its article and its remedy."""

    code: str
    severity: Severity
    key: str
    ja: str
    en: str
    base: str
    remedy_ja: str
    remedy_en: str

    def message(self, language: Language | str) -> str:
        """Return what was found, in `language`."""
        return self.en if language == Language.EN else self.ja

    def cites(self, language: Language | str) -> str:
        """Return the article it rests on, as `language` writes it."""
        return labels.citation(self.base, language)

    def remedy(self, language: Language | str) -> str:
        """Return what to do, in `language`."""
        return self.remedy_en if language == Language.EN else self.remedy_ja


Rule = Callable[[Policy, date], Iterator[Finding]]
"""What a policy lacks on a day, as findings; nothing where it holds."""
