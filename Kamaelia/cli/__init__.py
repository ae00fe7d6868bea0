"""The kamaelia command: one file per subcommand."""
