"""Settings, addresses, wiring and the worker: the only place that chooses implementations."""
