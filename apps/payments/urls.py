"""Where the payments context is reached."""
