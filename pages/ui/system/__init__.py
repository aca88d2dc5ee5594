"""System, Models and Privacy in parts."""
