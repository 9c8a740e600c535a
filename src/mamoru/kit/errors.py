"""The one root of every error that mamoru raises on purpose."""

from typing import ClassVar


class MamoruError(Exception):
    """Something that we promised could not be done.

    `code` is stable and documented (`docs/errors.md`), `retry` says whether the
    same call may succeed later, `exit_code` is the command line's
    (contract, section 3). The message is one line, lower case, without a full
    stop and never holds a name, an address or any other personal data.
    """

    code: ClassVar[str] = "unexpected"
    retry: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1
