"""A context that exists for tests: it bakes what is ordered and writes down what it baked."""
