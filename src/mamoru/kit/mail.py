"""The port for outgoing mail, and the three ways in which sending one can end."""

from dataclasses import dataclass, field
from typing import Protocol

from mamoru.kit.errors import MamoruError


class MailRefused(MamoruError):
    """The mail server took no such mail: it did not leave. Look at the address and the settings."""

    code, exit_code = "mail-refused", 4


class MailUnreachable(MamoruError):
    """The mail server cannot be reached: the mail did not leave. Try again later."""

    code, retry, exit_code = "mail-unreachable", True, 4


class MailUncertain(MamoruError):
    """The connection broke while the mail was handed over: it may have left, or not."""

    code, exit_code = "mail-uncertain", 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A plain mail. Its subject says nothing of anybody; no line of it logs anybody in."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


class Mailer(Protocol):
    """What hands mails to the company's server, each at most once a call."""

    def send(self, mail: Mail) -> None:
        """Return once the server has taken the mail.

        MailRefused or MailUnreachable: it did not leave. MailUncertain: nobody knows.
        """
        ...
