"""The embedded MSN Messenger server."""
