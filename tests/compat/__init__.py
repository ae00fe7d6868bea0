"""Programs and habits of old: what was written for the original runs here."""
