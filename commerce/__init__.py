"""The hall: everything a context may lean on, and nothing about shops."""
