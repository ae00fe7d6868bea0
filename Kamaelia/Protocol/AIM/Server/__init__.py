"""The embedded OSCAR server: authorizer, BOS and every service on one port."""
