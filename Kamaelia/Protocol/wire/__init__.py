"""What every codec shares: the reader of bytes and the errors."""
