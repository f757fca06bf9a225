"""Migrations of Django's own table of sessions, for test_migrate.py."""
