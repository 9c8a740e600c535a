"""`mamoru` from its entry point: what it does and how it ends (contract, section 3)."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from mamoru.cases import actions
from mamoru.kit import clock
from mamoru.kit.ids import StaffId
from mamoru.ledger import append
from mamoru.policy import document
from mamoru.site import checks, config, folders, publishing, wiring
from mamoru.site.command import main
from mamoru.site.config import SettingsInvalid
from mamoru.site.sample import cast
from tests.cases import acts
from tests.conftest import Company
from tests.console import scenes

SAMPLE = Path(folders.__file__).parent / "sample"


def run(*arguments: object) -> int:
    try:
        return main([str(each) for each in arguments])
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.fixture(autouse=True)
def _same_home() -> Iterator[None]:
    """`--home` sets the variable for the whole process, which tests share."""
    before = os.environ["MAMORU_HOME"]
    yield
    os.environ["MAMORU_HOME"] = before


def test_init_makes_a_folder_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "minato"
    before = os.umask(0)
    try:
        assert run("init", folder) == 0
    finally:
        os.umask(before)

    modes = {
        str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in folder.rglob("*")
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {modes[name] for name in ("keys", "data", "logs", "published")} == {0o700}
    assert {modes[name] for name in ("keys/master.key", "keys/ledger.key")} == {0o600}
    assert config.load(folder) == config.Settings()
    assert document.load(folder / "policy.yaml").version


def test_init_never_writes_into_a_folder_that_holds_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("x")

    assert run("init", tmp_path) == 2

    assert "folder-not-empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "databse = 'x'",
            "mamoru.toml:1: `databse`: there is no such key; did you mean `database`?",
        ),
        (
            "[limits]\ncure_day = 30",
            "mamoru.toml:2: `limits.cure_day`: there is no such key; did you mean `cure_days`?",
        ),
        ("cure_days = 30", "it stands under `[limits]`"),
        ("[mail]\nlanguage = 'ja'", "it stands above the first section"),
        ("[colours]\nred = 1", "mamoru.toml:1: `colours`: there is no such key; known here are"),
        ("limits = { cure_day = 30 }", "mamoru.toml:1: `limits.cure_day`"),
        ("[limits]\ndecide_days = 0", "`limits.decide_days`"),
        ("[mail]\nsecurity = 'ssl'", "`mail.security`"),
        ("language = 'fr'", "`language`"),
        ("language = 'ja'\ndatabase = 1 2", "mamoru.toml:2: not readable as TOML at line 2"),
    ],
)
def test_a_setting_that_is_not_one_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "mamoru.toml").write_text(text)

    with pytest.raises(SettingsInvalid, match=r"mamoru\.toml") as caught:
        config.load(tmp_path)

    assert named in str(caught.value)
    assert SettingsInvalid.exit_code == 2


def test_a_file_of_settings_that_is_cut_off_names_its_last_line(tmp_path: Path) -> None:
    (tmp_path / "mamoru.toml").write_text("language = 'ja'\ntrusted_proxies = [")

    with pytest.raises(SettingsInvalid, match=r"mamoru\.toml:2: not readable as TOML at line 2"):
        config.load(tmp_path)


@pytest.mark.parametrize("place", ["/proc/x", "/dev/null/x"])
@pytest.mark.parametrize(
    "command", [("init",), ("ledger", "export"), ("demo", "--once", "--folder")]
)
def test_a_folder_that_cannot_be_made_is_named_without_a_trace(
    house: Company, capsys: pytest.CaptureFixture[str], place: str, command: tuple[str, ...]
) -> None:
    assert run(*command, place) == 2

    said = capsys.readouterr().err
    assert f"`{place}` cannot be" in said
    assert "Traceback" not in said


def served(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, on a database that is not this one's."""
    return subprocess.run(
        [sys.executable, "-m", "mamoru.site", *arguments, "--home", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "database", ["sqlite:////nonexistent/x.sqlite3", "postgresql://mamoru@127.0.0.1:1/mamoru"]
)
def test_a_database_that_is_away_ends_with_4_and_a_line(tmp_path: Path, database: str) -> None:
    folder = tmp_path / "minato"
    folders.create(folder)
    text = (folder / "mamoru.toml").read_text(encoding="utf-8")
    text = text.replace("sqlite:///mamoru.sqlite3", database)
    (folder / "mamoru.toml").write_text(text, encoding="utf-8")

    ended = served(folder, "case", "list")

    assert ended.returncode == 4
    assert ended.stderr.startswith("database-unreachable: ")
    assert "Traceback" not in ended.stderr
    assert "mamoru@" not in ended.stderr


def test_a_folder_that_was_never_served_has_no_ledger_yet(tmp_path: Path) -> None:
    folder = tmp_path / "minato"
    folders.create(folder)

    fresh = served(folder, "ledger", "verify")
    nowhere = served(tmp_path / "nowhere", "ledger", "verify")
    checked = served(folder, "datamap", "check")

    assert (fresh.returncode, "there is nothing yet" in fresh.stderr) == (2, True)
    assert (nowhere.returncode, "there is no folder" in nowhere.stderr) == (2, True)
    # The stores of the sample are not there: the command says so, and waits.
    assert checked.returncode == 4
    assert "the file of store `shop` is missing (`shop.sqlite3`)" in checked.stdout


@pytest.mark.parametrize("bind", ["nonsense", "127.0.0.1:99999", ":8000"])
def test_an_address_that_is_none_is_refused_by_check_as_by_serve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bind: str
) -> None:
    folder = tmp_path / "minato"
    folders.create(folder)
    (folder / "mamoru.toml").write_text(f"bind = '{bind}'", encoding="utf-8")

    codes = [run(command, "--home", folder) for command in ("check", "serve")]

    assert codes == [2, 2]
    assert f"`{bind}` is no address" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("category: account ", "category: acount ", "category `acount` is not in the policy"),
        ("purposes: [PU01,", "purposes: [PU99,", "purpose `PU99` is not in the policy"),
    ],
)
@pytest.mark.promise("P0.1")
@pytest.mark.usefixtures("house")
def test_a_word_of_the_map_that_the_policy_does_not_know_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    right: str,
    wrong: str,
    named: str,
) -> None:
    folder = tmp_path / "minato"
    folders.create(folder)
    path = folder / "datamap.yaml"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")

    codes = [run("datamap", "check", "--home", folder), run("check", "--home", folder)]

    said = capsys.readouterr()
    assert codes == [2, 2]
    for shown in (said.err, said.out):
        assert f"datamap.yaml:{line}: " in shown
        assert named in shown


def test_a_broken_filing_names_line_and_column(
    house: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "filing.json"
    path.write_text('{\n  "role": person\n}')

    assert run("case", "file", path) == 2

    assert "filing-invalid: line 2, column 11: no JSON" in capsys.readouterr().err


def test_settings_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    (tmp_path / "mamoru.toml").mkdir()

    with pytest.raises(SettingsInvalid, match="cannot be read"):
        config.load(tmp_path)


@pytest.mark.parametrize(
    ("setting", "days", "state"),
    [
        ("decide_days", 14, "ok"),
        ("decide_days", 15, "problem"),
        ("papers_days", 30, "ok"),
        ("papers_days", 31, "problem"),
    ],
)
def test_a_setting_that_is_looser_than_the_policy_is_a_problem(
    house: Company, capsys: pytest.CaptureFixture[str], setting: str, days: int, state: str
) -> None:
    settings = house.home / "mamoru.toml"
    before = settings.read_bytes() if settings.exists() else None
    settings.write_text(f"[limits]\n{setting} = {days}\n")
    try:
        run("check", "--home", house.home, "--json")
    finally:
        settings.unlink() if before is None else settings.write_bytes(before)

    shown = json.loads(capsys.readouterr().out)["checks"]
    found = [each for each in shown if each["name"] == "policy" and each["state"] == "problem"]
    assert bool(found) is (state == "problem")
    assert all(f"`limits.{setting}` is {days}" in each["detail"] for each in found)


def test_check_ends_with_0_where_all_holds(
    house: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    publishing.publish(by=StaffId("operator"), accept=True, now=clock.now())

    assert run("check", "--home", house.home, "--json") == 0

    shown = json.loads(capsys.readouterr().out)
    assert {each["state"] for each in shown["checks"]} == {"ok"}
    assert {each["name"] for each in shown["checks"]} == {
        "settings",
        "keys",
        "policy",
        "data map",
        "ledger",
        "disk",
    }


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        ("keys", lambda home: (home / "keys/master.key").chmod(0o644), "others may read"),
        ("keys", lambda home: (home / "keys/ledger.key").unlink(), ""),
        ("keys", lambda home: (home / "keys/master.key").write_text("x"), "master.key"),
        ("policy", lambda home: (home / "policy.yaml").write_text("a: ["), ""),
        ("data map", lambda home: (home / "datamap.yaml").write_text("stores: 1"), ""),
        ("data map", lambda home: (home / "shop.sqlite3").unlink(), "shop"),
        ("settings", lambda home: (home / "mamoru.toml").write_text("a = 1"), "`a`"),
        ("settings", lambda home: (home / "mamoru.toml").unlink(), "no mamoru.toml"),
    ],
)
def test_check_names_what_is_broken(
    house: Company, tmp_path: Path, name: str, spoil: object, says: str
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(house.home, folder)
    spoil(folder)  # type: ignore[operator]

    found = [each for each in checks.run(folder) if each["name"] == name]

    problems = [each for each in found if each["state"] == "problem"]
    assert problems
    assert says in problems[0]["detail"]
    if name in {"settings", "keys", "policy"}:
        with pytest.raises(checks.NotStartable):
            checks.expect_startable(folder)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("mamoru.toml", "databse = 'x'", "mamoru.toml:1: `databse`"),
        ("policy.yaml", "a: [", "policy.yaml:1: "),
        ("datamap.yaml", "stores: 1", "datamap.yaml:1: keys: the key is missing"),
    ],
)
def test_check_ends_with_2_and_shows_each_problem_of_a_file_that_cannot_be_used(
    *,
    house: Company,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    text: str,
    says: str,
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(house.home, folder)
    (folder / file).write_text(text)

    assert run("check", "--home", folder) == 2

    shown = capsys.readouterr()
    assert shown.out.count(says) == 1
    assert "→" in shown.out
    assert shown.err == ""


def test_check_of_no_folder_says_only_that_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "--home", tmp_path / "nowhere", "--json") == 2

    (only,) = json.loads(capsys.readouterr().out)["checks"]
    assert (only["name"], only["code"]) == ("settings", "not-startable")
    assert "mamoru init" in only["remedy"]


def test_a_database_that_is_none_is_a_problem_and_no_stack_trace(
    house: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.db import connection

    connection.close()
    (house.home / "mamoru.sqlite3").write_bytes(b"not a database at all" * 100)

    assert run("check", "--home", house.home) == 3

    shown = capsys.readouterr()
    assert "cannot be read" in shown.out
    assert "Traceback" not in shown.err


def test_a_folder_that_is_none_ends_with_2_and_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("case", "list", "--home", tmp_path) == 2

    assert "mamoru init" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def filing(**changed: object) -> dict[str, object]:
    return {
        "role": "person",
        "channel": "post",
        "person": {
            "family_name": "山本",
            "given_name": "花子",
            "birth_date": "1988-03-14",
            "address": cast.HANAKO.home.address,
        },
        "demands": [{"kind": "disclosure", "items": ["all"]}],
        "policy_version": "2026-04-01",
        "one_time_key": "paper-1",
    } | changed


@pytest.mark.promise("P3.21")
def test_a_case_from_paper_is_filed_listed_and_shown(
    house: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "filing.json"
    path.write_text(json.dumps(filing(), ensure_ascii=False))

    assert run("case", "file", "--home", house.home, path) == 0
    made = json.loads(capsys.readouterr().out)
    assert run("case", "list", "--home", house.home, "--json") == 0
    listed = capsys.readouterr().out
    assert run("case", "show", "--home", house.home, made["case_id"].lower()) == 0
    shown = capsys.readouterr().out

    assert [each["id"] for each in json.loads(listed)["cases"]] == [made["case_id"]]
    assert "case.filed" in shown
    assert "山本" not in listed + shown
    assert run("case", "show", "--home", house.home, "C-2026-000009-1") == 2


def test_a_trail_is_shown_in_local_time_with_names_and_in_json_as_it_is_kept(
    house: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create(username="suzuki", last_name="鈴木")
    by = StaffId(f"staff:{User.objects.get(username='suzuki').pk}")
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    case = scenes.filed(at=at)
    actions.open_case(case, by=by, now=at)

    assert run("case", "show", "--home", house.home, case) == 0
    shown = capsys.readouterr().out
    assert run("case", "show", "--home", house.home, case, "--json") == 0
    trail = json.loads(capsys.readouterr().out)["trail"]

    assert "2026-11-23 08:30:00 JST  case.opened  鈴木" in shown
    assert "staff:" not in shown
    assert {(each["kind"], each["by"], each["at"]) for each in trail} >= {
        ("case.opened", by, "2026-11-22T23:30:00+00:00")
    }


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"rolle": "person"}, "`rolle`: unknown key"),
        ({"person": {"family_nam": "山本"}}, "`person.family_nam`: unknown key"),
        ({"demands": [{"kind": "disclosure", "item": []}]}, "demands.0.items"),
        ({"demands": [{"kind": "show-me", "items": []}]}, "demands.0.kind"),
        ({"channel": "telephone"}, "channel"),
        ({"channel": "member-page"}, "channel"),
        ({"member_ref": "shop/members/M000001"}, "`member_ref`"),
    ],
)
@pytest.mark.promise("P3.23")
def test_a_filing_that_does_not_fit_is_refused_with_its_field(
    house: Company,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, object],
    named: str,
) -> None:
    path = tmp_path / "filing.json"
    path.write_text(json.dumps(filing(**changed), ensure_ascii=False))

    assert run("case", "file", "--home", house.home, path) == 2

    shown = capsys.readouterr().err
    assert named in shown
    assert "山本" not in shown


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_what_is_no_filing_at_all_is_refused(
    house: Company, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "filing.json"
    path.write_bytes(content)

    assert run("case", "file", "--home", house.home, path) == 2


@pytest.mark.promise("P0.4")
def test_the_live_ledger_verifies_and_a_changed_entry_does_not(house: Company) -> None:
    from django.db import connection

    acts.verified(cast.HANAKO, *acts.EVERYTHING)
    assert run("ledger", "verify", "--home", house.home) == 0

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mamoru_ledger_entry SET data = REPLACE(data, 'requester', 'requestor')"
        )

    assert run("ledger", "verify", "--home", house.home) == 5


@pytest.fixture
def unpublished(house: Company) -> Iterator[Company]:
    """The folder with the older version of the policy, and nothing published."""
    present = (house.home / "policy.yaml").read_bytes()
    (house.home / "policy.yaml").write_bytes((SAMPLE / "published/2024-04-01.yaml").read_bytes())
    published, aside = house.home / "published", house.home / "published-aside"
    published.rename(aside)
    published.mkdir()
    yield house
    (house.home / "policy.yaml").write_bytes(present)
    shutil.rmtree(published)
    aside.rename(published)


@pytest.mark.promise("P0.2")
def test_publishing_shows_the_difference_waits_for_accept_and_enters_the_ledger(
    unpublished: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    home = unpublished.home
    assert run("policy", "publish", "--home", home) == 0
    (home / "policy.yaml").write_bytes((SAMPLE / "policy.yaml").read_bytes())
    capsys.readouterr()

    assert run("policy", "publish", "--home", home) == 3
    refused = capsys.readouterr().err
    assert "PU04" in refused
    assert "--accept" in refused
    for _ in range(2):
        assert run("policy", "publish", "--home", home, "--accept", "--json") == 0
        assert json.loads(capsys.readouterr().out)["version"] == "2026-04-01"

    entries = append.entries("policy")
    assert [each.body["version"] for each in entries] == ["2024-04-01", "2026-04-01"]
    assert {path.stem for path in (home / "published").iterdir()} == {"2024-04-01", "2026-04-01"}


@pytest.mark.promise("P0.2")
def test_a_version_without_its_entry_is_not_published(unpublished: Company) -> None:
    from django.db import connection

    wiring.wire()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON mamoru_ledger_entry"
            " BEGIN SELECT RAISE(ABORT, 'full'); END"
        )

    assert run("policy", "publish", "--home", unpublished.home) == 4

    assert list((unpublished.home / "published").iterdir()) == []


@pytest.mark.parametrize(
    ("command", "option"), [(("serve", "--bind"), "--bind"), (("demo", "--port"), "--port")]
)
def test_a_port_that_something_listens_on_is_never_shared(
    house: Company, capsys: pytest.CaptureFixture[str], command: tuple[str, str], option: str
) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the server does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        given = f"127.0.0.1:{port}" if option == "--bind" else port
        where = ["--home", house.home] if option == "--bind" else []

        assert run(*command, given, *where) == 2

    shown = capsys.readouterr()
    remedy = f"stop the other server or choose {option}"
    assert shown.err == f"port-in-use: 127.0.0.1:{port} is in use; {remedy}\n"
    assert shown.out == ""


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536"])
def test_what_is_no_address_and_port_is_said_to_be_none(
    house: Company, capsys: pytest.CaptureFixture[str], bind: str
) -> None:
    assert run("serve", "--home", house.home, "--bind", bind) == 2

    assert "is no address and port" in capsys.readouterr().err
