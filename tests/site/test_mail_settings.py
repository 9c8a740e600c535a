"""A mail server that could not be used, or would carry a password in the clear, is told at once."""

from pathlib import Path

import pytest

from mamoru.site import checks, config, folders

USABLE = '[mail]\nhost = "mail.company.example"\nsender = "privacy@company.example"\n'


def written(folder: Path, text: str) -> Path:
    folders.create(folder / "company")
    (folder / "company" / config.FILE).write_text(text)
    return folder / "company"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mail]\nhost = "mail.company.example"\n', "mail.sender"),
        (f'{USABLE}password_env = "SECRET"\nsecurity = "none"\n', "mail.security"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(config.SettingsInvalid, match=said):
        config.load(written(tmp_path, text))


def test_a_password_that_is_not_set_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = written(tmp_path, f'{USABLE}password_env = "MAIL_SECRET"\n')
    monkeypatch.delenv("MAIL_SECRET", raising=False)
    (found,) = checks.run(home, only=frozenset({"settings"}))
    assert (found["state"], "MAIL_SECRET" in found["detail"]) == ("problem", True)
    monkeypatch.setenv("MAIL_SECRET", "x")
    (found,) = checks.run(home, only=frozenset({"settings"}))
    assert found["state"] == "ok"
