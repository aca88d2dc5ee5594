"""Visitors: who is expected, who is here, who has left, and who is in the house."""

from face_rec.access.pages import Page
from face_rec.facades.people.visitors import VisitorsFacade
from pages.ui.frame.identity import require
from pages.ui.frame.page import page
from pages.ui.shared.words import said
from pages.ui.visitors.reception import reception

identity = require(Page.VISITORS.right)

with page(Page.VISITORS, said("Who comes to whom, and who is in the house.")):
    reception(VisitorsFacade.current(), identity)
