"""Tandem: one OpenAI address in front of a fast tier and a strong tier."""

__version__ = "0.1.0"
