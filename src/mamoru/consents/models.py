"""The rows of 同意・拒否・停止 (per-person standing); only the store touches them."""
