"""漏えい等: containment, report, notice (P1.8 to P1.10, Act 26)."""
