"""Django's PostgreSQL backend, with what this server asks of a connection thousands of times a second made cheap."""
