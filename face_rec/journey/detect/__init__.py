"""When and how closely to look for faces, and which of them to embed."""
