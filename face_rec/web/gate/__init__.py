"""The gate in front of everything: who asks, and whether they may."""
