"""Mails leave by a server that may be encrypted, ask for a password, be slow, or lie (decision 28)."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mamoru.kit import clock
from mamoru.kit.mail import Mail, MailRefused, MailUncertain, MailUnreachable
from mamoru.site import mail
from tests import mail_server
from tests.mail_server import Mailbox

TO = "hanako@mail.example"
SECRET = "secret-of-the-server"


@pytest.fixture
def server(settings: Any) -> Iterator[Mailbox]:
    with mail_server.of_company(settings) as made:
        yield made


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this very machine, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = tmp_path / "mailbox.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


def encrypted(server: Mailbox, settings: Any, certificate: Path) -> None:
    """Let the server offer STARTTLS and ask for a password, and the product use both."""
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(certificate)
    server.password = SECRET
    settings.EMAIL_USE_TLS = True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "mamoru", SECRET


def send(to: str = TO) -> None:
    mail.Smtp().send(Mail(to=to, subject="ご確認", text="12345678"))


@pytest.mark.promise("P1.5")
def test_the_password_and_the_mail_go_within_tls(
    server: Mailbox, settings: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted(server, settings, certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    send()

    assert [each for each in server.said if each != "EHLO"][:4] == [
        "STARTTLS",
        "AUTH",
        "MAIL",
        "RCPT",
    ]
    assert server.taken[0][0] == TO


def test_a_server_whose_certificate_nobody_vouches_for_hears_neither_password_nor_mail(
    server: Mailbox, settings: Any, certificate: Path
) -> None:
    encrypted(server, settings, certificate)

    with pytest.raises(MailUnreachable):
        send()

    assert not {"AUTH", "MAIL"} & set(server.said)


def test_a_server_that_takes_encryption_back_hears_neither_password_nor_mail(
    server: Mailbox, settings: Any, certificate: Path
) -> None:
    encrypted(server, settings, certificate)
    server.tls = None

    with pytest.raises(MailUnreachable):
        send()

    assert not {"AUTH", "MAIL"} & set(server.said)


@pytest.mark.parametrize("password", ["wrong-password", "パスワード"])
def test_a_password_that_does_not_fit_is_an_unreachable_server_and_is_in_no_error(
    server: Mailbox, settings: Any, password: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.password = SECRET
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "mamoru", password

    with pytest.raises(MailUnreachable) as refused:
        send()

    assert password not in repr(refused.value) + caplog.text
    assert server.taken == []


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize("to", ["", "@", "a@", "@mail.example", "山田@mail.example"])
def test_an_address_that_would_name_another_mailbox_or_none_is_refused(
    server: Mailbox, to: str
) -> None:
    with pytest.raises(MailRefused):
        send(to)

    assert server.said == []


@pytest.mark.parametrize(
    "to", [f"{TO}\r\nBcc: other@mail.example", f"{TO}, other@mail.example", f"{TO};b@mail.example"]
)
def test_no_address_brings_a_second_recipient(server: Mailbox, to: str) -> None:
    with pytest.raises(MailRefused):
        send(to)

    assert server.said.count("RCPT") == 0


def test_a_server_that_drips_is_left_when_the_time_is_over(
    server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fails = "drips"
    monkeypatch.setattr(mail, "SECONDS", 0.3)

    with pytest.raises(MailUnreachable):
        send()  # each byte comes in time, and the last one never


def test_a_mail_of_which_nobody_hears_whether_it_was_taken_is_uncertain(server: Mailbox) -> None:
    server.fails = "after"

    with pytest.raises(MailUncertain):
        send()

    assert len(server.taken) == 1


def test_a_port_where_nobody_listens_is_an_unreachable_server(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    with pytest.raises(MailUnreachable):
        send()
