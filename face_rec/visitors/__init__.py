"""Visitors: who is announced, who is here, and until when it is known. They are no people of the
register: no face is looked at, nothing of attendance is made of them."""
