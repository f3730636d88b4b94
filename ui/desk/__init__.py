"""The forms of the daily desk: one form for each act, one transaction, the answer of the ledger at once."""

from .application_form import ApplicationForm
from .decide_form import DecideForm
from .land_form import LandForm
from .link_form import LinkForm
from .objection_form import ObjectionForm
from .seal_form import SealForm

__all__ = ["ApplicationForm", "DecideForm", "LandForm", "LinkForm", "ObjectionForm", "SealForm"]
