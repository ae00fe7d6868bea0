"""Components that came out of applications."""
