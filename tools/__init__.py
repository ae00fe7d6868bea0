"""Checks, benchmarks and long proofs: what developers of kamaelia-flow run."""
