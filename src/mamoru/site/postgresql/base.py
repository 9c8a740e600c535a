"""Connections that no frozen process can hold for long (P3.26); Django asks for this module."""

from django.db.backends.postgresql import base

IDLE_SECONDS = 10
"""How long a transaction of ours may stand still. None of ours waits for anything but that
database, and this is over before a worker counts as dead (`workers.DEAD_SECONDS`)."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Lets the server end a transaction whose process was frozen, or whose host is gone.

    It may hold the head of the ledger, for which every other process waits; of a host that lost
    its power or its network the server learns only after hours. The bound is set when a
    connection begins: as an option of its start, poolers would refuse it.
    """

    def init_connection_state(self) -> None:
        """Bound the new connection."""
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
