"""Small general components: consoles, transformers, sources, sinks."""
