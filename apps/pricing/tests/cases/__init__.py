"""Cases of other shop systems, told as data: read, priced by the engine, and compared."""
