"""AIM and ICQ: the OSCAR protocol."""
