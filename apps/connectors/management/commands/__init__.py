"""Commands of the connectors context."""
