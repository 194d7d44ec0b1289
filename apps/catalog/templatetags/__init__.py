"""What pages say of the catalogue."""
