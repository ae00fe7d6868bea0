"""One runnable file per idea."""
