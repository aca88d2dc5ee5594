"""Reports: tables, and files made of them."""
