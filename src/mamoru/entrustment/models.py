"""The rows of 委託 (entrustment); only the store touches them."""
