"""What the server's connections share: live users, cookies, rooms, limits."""
