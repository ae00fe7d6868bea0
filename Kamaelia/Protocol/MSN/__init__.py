"""MSN Messenger: the MSNP protocol."""
