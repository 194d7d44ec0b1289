"""Commands of the pricing context."""
