"""Mails leave by the company's own server, as `mamoru.toml` names it; without one none is offered."""

import smtplib
import socket
import threading
from contextlib import suppress
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from mamoru.kit.mail import Mail, Mailer, MailRefused, MailUncertain, MailUnreachable

SECONDS = 30.0
"""What one mail may take from connecting to its end, besides the limit of each single answer."""


def mailer() -> Mailer | None:
    """Return what sends mails; None where the company has named no server."""
    return Smtp() if settings.MAMORU.mail.host else None


class Smtp:
    """Sends by SMTP, one connection a mail. Errors name neither the address nor the server's words."""

    def send(self, mail: Mail) -> None:
        """Hand a mail over; see the port for how it can end.

        INVARIANT: whatever was answered to the mail itself is certain; only a connection that
        breaks once it began to be handed over is not.
        """
        local, _, domain = mail.to.rpartition("@")
        if not (local and domain and local.isascii()):
            # Encoded as a header is, the part before the @ would name another mailbox.
            raise MailRefused("the address is none that a mail can be sent to")
        connection = _Backend(timeout=settings.EMAIL_TIMEOUT)
        try:
            _open(connection)
            _hand_over(connection, mail)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.close()


def _open(connection: EmailBackend) -> None:
    try:
        connection.open()
    except (OSError, smtplib.SMTPException):
        raise MailUnreachable("the mail server cannot be reached") from None
    except UnicodeError:
        text = "the mail server cannot be signed in to: name or password hold more than ASCII"
        raise MailUnreachable(text) from None


def _hand_over(connection: EmailBackend, mail: Mail) -> None:
    try:
        connection.send_messages([_message(mail)])
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        raise MailRefused("the mail server did not take the mail") from None
    except (OSError, smtplib.SMTPException):
        raise MailUncertain("the connection broke while the mail was handed over") from None
    except ValueError:
        raise MailRefused("the address is none that a mail can be sent to") from None


class _Timed(smtplib.SMTP):
    """Ends the connection when its time is over, however often the server sends a little.

    What is ended is a second handle on the socket: TLS takes the first one over.
    """

    _end: threading.Timer | None = None
    _handle: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._handle = made.dup()
        self._end = threading.Timer(SECONDS, _shut, [self._handle])
        self._end.daemon = True
        self._end.start()
        return made

    def close(self) -> None:
        """Close the connection, whose time need not be watched any longer."""
        if self._end is not None and self._handle is not None:
            self._end.cancel()
            self._handle.close()
        super().close()


def _shut(handle: socket.socket) -> None:
    with handle, suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


class _TimedTls(smtplib.SMTP_SSL, _Timed):
    """The same within TLS from the start."""


class _Backend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """Return what speaks with the server."""
        return _TimedTls if self.use_ssl else _Timed


def _message(mail: Mail) -> EmailMessage:
    sender = settings.DEFAULT_FROM_EMAIL
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return EmailMessage(
        mail.subject,
        mail.text,
        sender,
        [mail.to],
        headers={
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            # Not the name of the machine, which Django would write.
            "Message-ID": make_msgid(domain=domain or "localhost"),
        },
    )
