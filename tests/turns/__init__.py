"""The turns of the head, measured to their end: attacks and rendered heads before the real rules.

``python -m tests.turns OUT`` renders each presentation from many sides, reads each picture with the
real detector and the real recogniser, and lets it answer the real challenge.
"""
