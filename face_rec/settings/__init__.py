"""The settings by topic, the kinds of value that they have, and how both are read.

``config.py`` puts them together and is where a reader begins.
"""
