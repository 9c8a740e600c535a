"""What can happen in 漏えい等 (incidents)."""
