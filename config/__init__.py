"""Settings, addresses, the embedded database and the command that serves."""
