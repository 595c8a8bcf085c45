"""Policies looked at off line: inspected, tried on their cases, explained, compared, covered. No engine is called.

Modules make values; `text` and `page` show them, the command prints them.
"""
