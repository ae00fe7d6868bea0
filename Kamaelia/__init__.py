"""Kamaelia: components to build networked programs from, wired into graphs."""
