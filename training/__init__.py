"""Fits the scorer; not part of the installed package."""
