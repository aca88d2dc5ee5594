"""What the parts ask of each other, so that each can be built and tested alone.

Implementations lie to the left in the diagram of ``tests/test_architecture.py``; named fakes for
tests lie under ``tests/fakes``.
"""
