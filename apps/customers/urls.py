"""Where the customers context is reached."""
