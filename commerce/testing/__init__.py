"""What tests lean on: a database of their own, real processes, facts delivered on the spot."""
