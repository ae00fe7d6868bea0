"""A network in memory, for tests: it cuts, delays and drops."""
