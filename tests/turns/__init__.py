"""The turns of the head, measured to their end: what is shown answers the real rules.

``python -m tests.turns`` renders each presentation from many sides, reads each picture with the
real detector and the real recogniser, and lets it answer the real challenge.
"""
