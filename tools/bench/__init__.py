"""One file per performance claim; python -m tools.bench runs them all."""
