"""A made-up company, for looking at the product without people of one's own."""
