"""Text made of tokens, and tokens of text."""
