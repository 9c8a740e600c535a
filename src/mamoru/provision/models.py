"""The rows of 第三者提供 (provision to third parties); only the store touches them."""
