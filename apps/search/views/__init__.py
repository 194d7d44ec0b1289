"""Where products are found: shelves and searches for shoppers, sitemaps for search engines."""
