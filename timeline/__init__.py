"""The public side: what readers get. Reads `events` only when something is published."""
