"""Papers that a bureau files: tables, notices and letters, every figure of which is a query on the case file."""

from .book import Book, open_book
from .page import html_page
from .paper import Paper, paper
from .parts import Parts, parts
from .plain import csv_text
from .privacy import PROFILES
from .record import record_export
from .scope import Scope
from .table import Table
from .tables import KINDS
from .workbook import write_workbook

__all__ = [
    "KINDS",
    "PROFILES",
    "Book",
    "Paper",
    "Parts",
    "Scope",
    "Table",
    "csv_text",
    "html_page",
    "open_book",
    "paper",
    "parts",
    "record_export",
    "write_workbook",
]
