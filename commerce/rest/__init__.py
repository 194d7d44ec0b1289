"""What every REST door shares: problems, credentials, idempotency, ETags, cursors, limits."""
