"""Models, the gallery of their templates, and changing one for another."""
