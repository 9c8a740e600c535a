"""`mamoru init`: a company's folder with commented files and keys."""

import os
from importlib import resources
from pathlib import Path

from mamoru.kit import seal
from mamoru.kit.errors import MamoruError
from mamoru.ledger import checkpoint

_MODE = 0o700

SETTINGS = """\
# mamoru.toml: the settings of this folder. An unknown key is an error.
# Paths are relative to this folder.

# The product's own database. One machine: SQLite. Several workers: postgresql://user@host/name
# ("${VARIABLES}" are taken from the environment, so that no password stands here).
database = "sqlite:///mamoru.sqlite3"

data = "data"                          # what the worker and the web server keep
logs = "logs"                          # mamoru.log: ids and codes, never names
policy = "policy.yaml"
datamap = "datamap.yaml"
published = "published"                # published versions of the policy, never changed
key_file = "keys/master.key"           # keep a copy apart from the database and its backups
ledger_key_file = "keys/ledger.key"

bind = "127.0.0.1:8000"
public_url = "http://127.0.0.1:8000"   # https:// switches secure cookies and HSTS on
trusted_proxies = []                   # networks of your own proxies, such as "10.0.0.0/24";
                                       # without them all who come through one share its limits
language = "ja"

[mail]                                 # without a host nothing is sent
host = ""
port = 25
security = "starttls"                  # none, starttls, tls
sender = ""

[limits]
acknowledge_open_days = 2              # the requester hears within so many open days
decide_days = 14                       # decided within so many days of complete papers
cure_days = 30                         # time to send what is missing
upload_bytes = 10000000
uploads_per_case = 20
cooling_days = 30                      # the earlier contact counts so long after a change
papers_days = 30                       # papers are erased so long after their case closed
filings_per_hour = 30                  # from one address block
status_looks_per_hour = 120            # from one address block
code_attempts = 5                      # wrong status codes from one address block in an hour
sign_in_tries = 20                     # at one account from one address block in an hour
"""


class FolderNotEmpty(MamoruError):
    """`init` writes into a new or empty folder only. Choose another one."""

    code, exit_code = "folder-not-empty", 2


class FolderUnwritable(MamoruError):
    """The folder cannot be made or written. Choose another place."""

    code, exit_code = "folder-unwritable", 2


def create(folder: Path) -> tuple[Path, ...]:
    """Make a folder with settings, the sample policy and data map, and fresh keys.

    FolderNotEmpty, or FolderUnwritable where nothing can be written.
    """
    try:
        return _create(folder)
    except OSError as problem:
        said = (problem.strerror or "no access").lower()
        raise FolderUnwritable(f"`{folder}` cannot be made: {said}") from problem


def _create(folder: Path) -> tuple[Path, ...]:
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(f"`{folder}` is not empty")
    for path in (folder, folder / "keys", folder / "data", folder / "logs", folder / "published"):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(_MODE)
    written = [folder / "mamoru.toml", folder / "policy.yaml", folder / "datamap.yaml"]
    written[0].write_text(SETTINGS, encoding="utf-8")
    sample = resources.files("mamoru.site.sample")
    for path in written[1:]:
        path.write_bytes((sample / path.name).read_bytes())
    make_keys(folder / "keys")
    names = ("master.key", "ledger.key", "ledger.pub")
    return (*written, *(folder / "keys" / name for name in names))


def make_keys(keys: Path) -> None:
    """Write the master key and the ledger's signing key, readable by their owner only."""
    seal.create_master_key(keys / "master.key")
    signer = checkpoint.create_signer(keys / "ledger.key", origin="mamoru")
    (keys / "ledger.pub").write_text(f"{signer.public.text}\n", encoding="utf-8")
    os.sync()
