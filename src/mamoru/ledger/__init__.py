"""証跡: a tamper-evident log that holds digests, never names."""
