"""MSNP's formats: bytes to values and back, sans-I/O."""
