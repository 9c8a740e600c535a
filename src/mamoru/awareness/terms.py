"""The words of 従業者への周知 (awareness of employees)."""
