"""`mamoru.toml`: the settings of one company's folder (contract, section 2)."""

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from mamoru.kit.errors import MamoruError

FILE = "mamoru.toml"


class SettingsInvalid(MamoruError):
    """`mamoru.toml` cannot be used. Correct the line named; docs/settings.md explains every key."""

    code, exit_code = "settings-invalid", 2


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mail(_Section):
    """Outgoing mail. Without a host nothing is sent, and pages say so."""

    host: str = ""
    port: int = 25
    user: str = ""
    password_env: str = ""  # the name of the environment variable, never the password
    security: Literal["none", "starttls", "tls"] = "starttls"
    sender: str = ""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        """A server needs a sender; a password never travels in the clear."""
        if self.host and "@" not in self.sender:
            raise ValueError("`mail.host` needs `mail.sender`, the address that mails come from")
        if self.password_env and self.security == "none":
            raise ValueError("`mail.password_env` needs `mail.security` to be `starttls` or `tls`")
        return self


class Limits(_Section):
    """Periods and sizes that the company may set; each default is the policy's practice."""

    acknowledge_open_days: Annotated[int, Field(ge=1, le=10)] = 2
    decide_days: Annotated[int, Field(ge=1, le=31)] = 14
    cure_days: Annotated[int, Field(ge=7, le=90)] = 30
    upload_bytes: Annotated[int, Field(ge=100_000, le=50_000_000)] = 10_000_000
    uploads_per_case: Annotated[int, Field(ge=1, le=100)] = 20
    papers_days: Annotated[int, Field(ge=0, le=365)] = 30  # after the case closed
    cooling_days: Annotated[int, Field(ge=7, le=180)] = 30  # after a contact was changed
    filings_per_hour: Annotated[int, Field(ge=1)] = 30  # per address block
    status_looks_per_hour: Annotated[int, Field(ge=1)] = 120  # per address block
    code_attempts: Annotated[int, Field(ge=1, le=10)] = 5
    sign_in_tries: Annotated[int, Field(ge=3, le=100)] = 20  # per account and address block


class Settings(_Section):
    """One company's settings. An unknown key is an error."""

    database: str = "sqlite:///mamoru.sqlite3"
    data: Path = Path("data")
    logs: Path = Path("logs")
    policy: Path = Path("policy.yaml")
    datamap: Path = Path("datamap.yaml")
    published: Path = Path("published")
    key_file: Path = Path("keys/master.key")
    ledger_key_file: Path = Path("keys/ledger.key")
    bind: str = "127.0.0.1:8000"
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[str, ...] = ()  # whose X-Forwarded-For is believed
    language: Literal["ja", "en"] = "ja"
    mail: Mail = Mail()
    limits: Limits = Limits()

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        """Return the networks as the house writes them; ValueError for what is no network."""
        return tuple(str(ipaddress.ip_network(each)) for each in written)

    @property
    def secure(self) -> bool:
        """Whether the public address is HTTPS; cookies and HSTS follow it."""
        return self.public_url.startswith("https://")


def home() -> Path:
    """Return the company's folder: `MAMORU_HOME`, else the working directory."""
    return Path(os.environ.get("MAMORU_HOME", ".")).resolve()


def load(folder: Path) -> Settings:
    """Read `mamoru.toml` of a folder; all defaults if there is none; SettingsInvalid if broken."""
    from mamoru.site import settings_text

    path = folder / FILE
    if not path.exists():
        return Settings()
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return Settings.model_validate(tomllib.loads(text))
    except UnicodeDecodeError as problem:
        raise SettingsInvalid(f"{path}: not readable as UTF-8") from problem
    except tomllib.TOMLDecodeError as problem:
        raise SettingsInvalid(f"{path}:{settings_text.syntax(str(problem), text)}") from problem
    except OSError as problem:
        raise SettingsInvalid(f"{path}: cannot be read: {problem.strerror}") from problem
    except ValidationError as problem:
        found = settings_text.problems(text, problem.errors(), Settings)
        raise SettingsInvalid("; ".join(f"{path}:{each}" for each in found)) from problem
