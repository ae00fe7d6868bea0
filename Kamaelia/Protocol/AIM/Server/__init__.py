"""The embedded OSCAR server."""
