"""What pages may call of the running system, one module for each part that asks.

``assembly`` makes them; a page takes its own with ``KioskFacade.current()``.
"""
