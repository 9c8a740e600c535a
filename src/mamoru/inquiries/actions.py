"""What can happen in 苦情・相談 (inquiries and complaints)."""
