"""The HTTP API: the same acts as the pages, with the same rules."""
