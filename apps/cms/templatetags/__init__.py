"""What pages say of the merchant's own pages."""
