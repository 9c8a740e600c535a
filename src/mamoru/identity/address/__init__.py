"""Do two addresses name the same place? (P3.10) Components decide, with reasons; no score does.

A false match would disclose a person's data to a stranger, so nothing that is written is ever
dropped: each piece is equal, explained, missing or different. What the table of towns does not
know and the text does not say is `cannot-tell`.
"""

from mamoru.identity.address.comparing import compare
from mamoru.identity.address.form import MAX_LENGTH, Comparison, Form
from mamoru.identity.address.reading import postal_codes, read

__all__ = ["MAX_LENGTH", "Comparison", "Form", "compare", "postal_codes", "read"]
