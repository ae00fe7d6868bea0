"""Long proofs: python -m tools.soak NAME."""
