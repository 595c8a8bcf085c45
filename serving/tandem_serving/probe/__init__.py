"""Finds out what an engine can do by asking it, one thing at a time, and writes that down for the router."""
