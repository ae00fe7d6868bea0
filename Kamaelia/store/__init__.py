"""Accounts and what they own, in a database."""
