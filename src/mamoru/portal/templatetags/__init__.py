"""Tags that every page's frame uses."""
