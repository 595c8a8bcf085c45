"""Decisions over values: no I/O, no clock, no framework."""
