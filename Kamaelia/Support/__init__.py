"""Helpers kept at the paths where old programs import them."""
