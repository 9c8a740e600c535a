"""Components that a machine may lack: what could not run is named, never silently passed.

`MAMORU_REQUIRE=all` turns each omission into a failure (contract, section 1).
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MISSING = "missing component: "
"""How the reason of each such skip begins, so that a closing line can gather them."""


def shared_policy() -> Path:
    """Return where the published policy text lies: beside the checkout, outside the repository."""
    return ROOT.parent / "shared" / "policy" / "published-policy.ja.txt"


def chromium() -> Path:
    """Return where the browser of the tests lies: Chromium without a window's frame, if it is here.

    The one engine is in both; its shell alone starts and draws in two thirds of the time.
    """
    named = os.environ.get("MAMORU_CHROMIUM")
    shell = shutil.which("chromium-headless-shell")
    return Path(named or shell or "/usr/bin/chromium")


def tracing_allowed() -> bool:
    """Return whether strace is here and may trace: a container may forbid it."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "true"], capture_output=True, check=False).returncode == 0


_PRESENT: Mapping[str, Callable[[], bool]] = {
    "shared-policy": lambda: shared_policy().is_file(),
    "chromium": lambda: chromium().is_file(),
    "mariadb": lambda: shutil.which("mariadbd") is not None,
    "strace": tracing_allowed,
    "names": lambda: find_spec("japanese_personal_name_dataset") is not None,
}


def require(component: str) -> None:
    """Go on if `component` is here; otherwise skip with its name, or fail under MAMORU_REQUIRE=all."""
    if _PRESENT[component]():
        return
    if os.environ.get("MAMORU_REQUIRE") == "all":
        pytest.fail(f"{MISSING}{component}")
    pytest.skip(f"{MISSING}{component}")
