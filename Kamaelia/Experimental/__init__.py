"""What the original tried out first; programs import it from here."""
