"""How the log is written: messages of ours, never the values that a trace holds (P1.5)."""

import logging


class Answered(logging.Filter):
    """Drops the trace of what was answered as it should be: a refusal is no failure of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through; below 500 without the trace."""
        if getattr(record, "status_code", _OURS) < _OURS:
            record.exc_info = None
        return True


_OURS = 500


class MessageOnly(logging.Formatter):
    """One line for each record: an exception is named by its type, and no trace is added."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the record itself is left as it is for other handlers."""
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        line = " ".join(self.formatMessage(record).splitlines())
        kind = record.exc_info[0] if record.exc_info else None
        return f"{line} ({kind.__name__})" if kind else line
