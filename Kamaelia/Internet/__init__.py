"""TCP and TLS as components, and taps that go between layers."""
