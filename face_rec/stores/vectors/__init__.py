"""Centroids in the memory of a server that finds near ones: Redis 8's vector sets."""
