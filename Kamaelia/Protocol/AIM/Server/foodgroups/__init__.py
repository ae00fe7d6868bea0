"""What the server does with each food group: request in, replies out."""
