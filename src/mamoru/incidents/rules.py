"""The decisions of 漏えい等 (incidents): values in, values out."""
