"""The languages that screens speak: which there are, and the catalogues of what is said."""
