"""Opens the demo shop: servers, web, workers and relay under one supervisor."""
