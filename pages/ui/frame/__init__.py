"""What every page stands in: header, menu, rights, the system behind it."""
