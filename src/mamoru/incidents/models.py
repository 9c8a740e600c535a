"""The rows of 漏えい等 (incidents); only the store touches them."""
