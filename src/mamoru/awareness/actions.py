"""What can happen in 従業者への周知 (awareness of employees)."""
