"""Where the orders context is reached."""
