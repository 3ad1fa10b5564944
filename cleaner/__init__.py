"""Cleans scraped news text for corpora, and says why for every character it takes."""

from cleaner.errors import CleanerError
from cleaner.model import Category, CleanResult, Document, Removal
from cleaner.options import Options
from cleaner.pipeline import Cleaner, clean

__all__ = ["Category", "CleanResult", "Cleaner", "CleanerError", "Document", "Options", "Removal", "clean"]
__version__ = "0.1.0"
