"""Django's way to PostgreSQL, for the product's own database."""
