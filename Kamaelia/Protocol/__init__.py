"""Protocols, each layer a component."""
