"""The words of the policy as data: languages, forms of access, findings and what a change asks for."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages in which the policy is shown: Japanese is the authority."""

    JA = "ja"
    EN = "en"


class PurposeBasis(StrEnum):
    """What a purpose rests on (Act 17, 18)."""

    STATED = "stated"
    CONSENT = "consent"
    LAW = "law"
    ENTRUSTMENT = "entrustment"


class Choice(StrEnum):
    """What a person's own word must say before a purpose may touch the person's data."""

    NONE = "none"
    NOT_REFUSED = "not-refused"
    CONSENT = "consent"


class CategoryKind(StrEnum):
    """What the law calls the data of a category (Act 2)."""

    PERSONAL = "personal"
    PERSON_RELATED = "person-related"  # 個人関連情報
    PSEUDONYMIZED = "pseudonymized"
    ANONYMIZED = "anonymized"


class RecipientKind(StrEnum):
    """Who receives (Act 27, 28)."""

    INTERNAL = "internal"
    ENTRUSTEE = "entrustee"
    THIRD_PARTY = "third-party"
    FOREIGN_THIRD_PARTY = "foreign-third-party"
    JOINT_USER = "joint-user"
    STATE = "state"


class ProvisionBasis(StrEnum):
    """On what ground data may leave for a recipient (appi-reference 4.1)."""

    CONSENT = "consent"  # Act 27(1)
    LAW = "law"  # Act 27(1)(i)
    OPT_OUT = "opt-out"  # Act 27(2)
    ENTRUSTMENT = "entrustment"  # Act 27(5)(i)
    JOINT_USE = "joint-use"  # Act 27(5)(iii)
    FOREIGN_CONSENT = "foreign-consent"  # Act 28(1)
    EQUIVALENT_SYSTEM = "equivalent-system"  # Act 28(1) in brackets, 28(3)


class Form(StrEnum):
    """How a granted value is seen. What is not granted is not seen at all."""

    CLEAR = "clear"
    MASKED = "masked"
    AGGREGATE = "aggregate"
    SUPPRESSED = "suppressed"


class MeasureClass(StrEnum):
    """The classes of security control measures (guideline, appendix 10)."""

    DISCIPLINE = "discipline"  # 規律
    ORGANIZATION = "organization"
    PEOPLE = "people"
    PREMISES = "premises"
    TECHNOLOGY = "technology"
    ABROAD = "abroad"  # 外的環境


class Way(StrEnum):
    """How people reach their data (P3.18, P3.21)."""

    MEMBER_PAGE = "member-page"
    WRITTEN_ANSWER = "written-answer"
    WITHDRAWN_MEMBER = "withdrawn-member"
    AGENT = "agent"
    NON_MEMBER = "non-member"


class Method(StrEnum):
    """How an answer is given (Act 33(2), Rule 30)."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class ClosedChannel(StrEnum):
    """Ways of asking that a policy may say it does not offer (P3.23)."""

    TELEPHONE = "telephone"
    IN_PERSON = "in-person"


class Shown(StrEnum):
    """Facts of the file that a part of the page shows under its sentences."""

    SIGNATURE = "signature"
    COMPANY = "company"
    DESK = "desk"
    RETENTION = "retention"


class Severity(StrEnum):
    """How much a finding weighs: an error keeps a policy from being published."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Need(StrEnum):
    """What a change asks of the company, from little to much."""

    NONE = "none"
    PUBLICATION = "publication"  # met by publishing the new version
    NOTICE = "notice"  # notify or publish, and judge whether Act 17(2) still covers it
    JUDGEMENT = "judgement"  # consent, unless an exception is found to hold (Act 28)
    CONSENT = "consent"  # of each person concerned, beforehand
    FORBIDDEN = "forbidden"  # the law gives people what the new version would take away

    @property
    def weight(self) -> int:
        """Return 0 (nothing) to 5 (forbidden), for sorting and comparing."""
        return list(Need).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file: where it stands and what to do about it."""

    file: str
    line: int
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Return `file:line: key: message; remedy`."""
        return f"{self.file}:{self.line}: {self.key}: {self.message}; {self.remedy}"
