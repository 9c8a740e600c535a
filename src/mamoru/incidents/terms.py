"""The words of 漏えい等 (incidents)."""
