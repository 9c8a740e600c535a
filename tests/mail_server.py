"""A mail server in the test's own process: it speaks SMTP over a real socket, and fails when told."""

import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from mamoru.cases import actions
from mamoru.site import mail


class Mailbox(socketserver.ThreadingTCPServer):
    """Keeps what it took, and what was said to it.

    `fails`: `recipient` refuses it, `after` breaks off after the mail, `drips` never comes to the
    end of its greeting. With `tls` it offers STARTTLS, with `password` it asks for a login.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.fails = ""
        self.tls: ssl.SSLContext | None = None
        self.password = ""
        self.said: list[str] = []
        self.arrived, self.stopping = threading.Event(), threading.Event()
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
    _to = ""

    def handle(self) -> None:
        with suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        if self.server.fails == "drips":
            while not self.server.stopping.wait(0.05):
                self.wfile.write(b"2")
            return
        self._say("220 mailbox")
        answers = {
            "EHLO": self._offer,
            "RCPT": self._name,
            "AUTH": self._let_in,
            "STARTTLS": self._encrypt,
        }
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            self.server.said.append(word.upper())
            match word.upper():
                case "MAIL" | "RSET" | "NOOP":
                    self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    if not self._take(self._to):
                        return
                case "QUIT":
                    self._say("221 bye")
                    return
                case known if known in answers:
                    answers[known](rest)
                case _:
                    self._say("502 unknown")

    def _name(self, rest: str) -> None:
        self._to = rest.partition("<")[2].partition(">")[0]
        refused = self.server.fails == "recipient"
        self._say(f"550 no such person {rest}" if refused else "250 ok")

    def _let_in(self, rest: str) -> None:
        given = b64decode(rest.partition(" ")[2]).decode().split("\0")[-1]
        self._say("235 ok" if given == self.server.password else f"535 not {given}")

    def _encrypt(self, _: str) -> None:
        if self.server.tls is None:
            self._say("502 unknown")
            return
        self._say("220 go on")
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def finish(self) -> None:
        super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()

    def _offer(self, _: str) -> None:
        self._say("250-mailbox")
        if self.server.tls and not isinstance(self.request, ssl.SSLSocket):
            self._say("250-STARTTLS")
        if self.server.password:
            self._say("250-AUTH PLAIN")
        self._say("250 8BITMIME")

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
            server.stopping.set()
            server.shutdown()
            thread.join()
