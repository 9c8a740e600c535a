"""The parts of a case's page, one module a part: values in staff's words."""
