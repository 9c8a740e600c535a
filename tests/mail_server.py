"""A mail server in the test's own process: it speaks SMTP over a real socket, and fails when told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mamoru.cases import actions
from mamoru.site import mail


class Mailbox(socketserver.ThreadingTCPServer):
    """Keeps what it took. `fails`: `recipient` refuses it, `after` breaks off after the mail."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.fails = ""
        self.arrived = threading.Event()
        self.taken: list[tuple[str, EmailMessage]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def text(self) -> str:
        """The text of the newest mail."""
        return str(self.taken[-1][1].get_content())


class _Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 mailbox")
        to = ""
        for line in iter(self.rfile.readline, b""):
            word, _, rest = line.decode().strip().partition(" ")
            match word.upper():
                case "EHLO" | "HELO" | "MAIL" | "RSET" | "NOOP":
                    self._say("250 ok")
                case "RCPT" if self.server.fails == "recipient":
                    self._say(f"550 no such person {rest}")
                case "RCPT":
                    to = rest.partition("<")[2].partition(">")[0]
                    self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    if not self._take(to):
                        return
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("502 unknown")

    def _take(self, to: str) -> bool:
        lines = [
            line.removeprefix(b".") if line.startswith(b"..") else line
            for line in iter(self.rfile.readline, b".\r\n")
        ]
        taken: Any = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.taken.append((to, taken))
        self.server.arrived.set()
        if self.server.fails == "after":
            return False  # it has the mail, and the sender never hears so
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def of_company(settings: Any) -> Iterator[Mailbox]:
    """A server that the company's settings name, and by which it sends its mails."""
    with opened() as server:
        given = settings.MAMORU.mail.model_copy(update={"host": "127.0.0.1"})
        settings.MAMORU = settings.MAMORU.model_copy(update={"mail": given})
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = False
        settings.DEFAULT_FROM_EMAIL = "privacy@company.example"
        actions.install_mailer(mail.mailer())
        try:
            yield server
        finally:
            actions.install_mailer(None)


@contextmanager
def opened() -> Iterator[Mailbox]:
    """Serve until the end of the block."""
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
