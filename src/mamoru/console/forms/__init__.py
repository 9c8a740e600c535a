"""What staff type at the desk, shaped for the actions (P3.10 to P3.17, P3.22, P3.24)."""

from mamoru.console.forms.deciding import (
    CarriedOutForm,
    Choices,
    DecideForm,
    LiftingForm,
    ReturnForm,
)
from mamoru.console.forms.papers import (
    FindingForm,
    SupplementForm,
)
from mamoru.console.forms.person import (
    IdentifyForm,
    ProtectionForm,
    UnprotectForm,
    VerifyForm,
)
from mamoru.console.forms.sending import (
    HandWrittenForm,
    PostedCodeForm,
    SendForm,
    ToldForm,
)

__all__ = [
    "CarriedOutForm",
    "Choices",
    "DecideForm",
    "FindingForm",
    "HandWrittenForm",
    "IdentifyForm",
    "LiftingForm",
    "PostedCodeForm",
    "ProtectionForm",
    "ReturnForm",
    "SendForm",
    "SupplementForm",
    "ToldForm",
    "UnprotectForm",
    "VerifyForm",
]
