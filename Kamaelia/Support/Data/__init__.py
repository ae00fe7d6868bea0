"""Data structures and encodings."""
