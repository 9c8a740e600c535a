"""The rows of 苦情・相談 (inquiries and complaints); only the store touches them."""
