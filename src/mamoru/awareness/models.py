"""The rows of 従業者への周知 (awareness of employees); only the store touches them."""
