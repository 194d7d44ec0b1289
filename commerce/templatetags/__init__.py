"""Words of the template language that every page may use."""
