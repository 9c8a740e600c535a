"""The decisions of 苦情・相談 (inquiries and complaints): values in, values out."""
