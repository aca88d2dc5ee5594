"""What the parts ask of each other, so that each can be built and tested alone.

A protocol exists where two classes answer to it (one may be a named fake of ``tests/fakes``), or
where the only one stands where it may not be named: to the left in the diagram of
``tests/test_architecture.py``, which holds both.
"""
