"""Mails leave by the company's own server, as `mamoru.toml` names it; without one none is offered."""

import smtplib
from contextlib import suppress
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from mamoru.kit.mail import Mail, Mailer, MailRefused, MailUncertain, MailUnreachable


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
        connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
        assert isinstance(connection, EmailBackend)  # noqa: S101 - the settings choose it
        try:
            connection.open()
        except (OSError, smtplib.SMTPException):
            raise MailUnreachable("the mail server cannot be reached") from None
        try:
            connection.send_messages([_message(mail)])
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            raise MailRefused("the mail server did not take the mail") from None
        except (OSError, smtplib.SMTPException):
            raise MailUncertain("the connection broke while the mail was handed over") from None
        except ValueError:
            raise MailRefused("the address is none that a mail can be sent to") from None
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.close()


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
