"""Measurements: each is a script with a command of its own."""
