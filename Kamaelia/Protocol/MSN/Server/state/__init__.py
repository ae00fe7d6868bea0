"""What the sessions of one MSN server share: who is on, rooms, tickets, limits."""
