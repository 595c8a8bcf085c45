"""Policies as files: the language, the cases that gate them, and a folder of both read whole."""
