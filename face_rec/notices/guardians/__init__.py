"""Those who are told of one person's coming and going."""
