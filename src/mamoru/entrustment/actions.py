"""What can happen in 委託 (entrustment)."""
