"""How files of other systems say what a shop sells."""
