"""The servers are those of the connectors' tests."""

from tests.connectors.conftest import maria, postgres

__all__ = ["maria", "postgres"]
