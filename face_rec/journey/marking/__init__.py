"""The mark: ``punch`` makes the event, its greeting and its snapshot; ``mark`` keeps it on the
disk before it is confirmed; ``replay`` hands on what waits, and ``reoffer`` what Redis has lost.
"""
