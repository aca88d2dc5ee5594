"""The pages on which people register themselves on their own phone."""
