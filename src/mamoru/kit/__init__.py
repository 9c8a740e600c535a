"""Clock, ids, errors, text, calendar, sealing and the port for durable steps. The ground floor."""
