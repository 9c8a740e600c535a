"""The company's databases and files; the only hands on them."""
