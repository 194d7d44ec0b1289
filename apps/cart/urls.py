"""Where the cart context is reached."""
