"""Rows and values of how a person stands."""

from mamoru.consents.store.outbox import Mark, changes, install_walls, told
from mamoru.consents.store.persons import key_ref, person
from mamoru.consents.store.protections import (
    add_protection,
    confirm_contact,
    protections,
    protections_due,
    protects_another,
)
from mamoru.consents.store.records import (
    add,
    among,
    end,
    end_said,
    in_force,
    recorded,
    records_of,
    records_under,
)
from mamoru.consents.store.saying import add_said, said

__all__ = [
    "Mark",
    "add",
    "add_protection",
    "add_said",
    "among",
    "changes",
    "confirm_contact",
    "end",
    "end_said",
    "in_force",
    "install_walls",
    "key_ref",
    "person",
    "protections",
    "protections_due",
    "protects_another",
    "recorded",
    "records_of",
    "records_under",
    "said",
    "told",
]
