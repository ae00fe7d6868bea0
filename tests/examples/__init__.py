"""Every example, run against the embedded servers."""
