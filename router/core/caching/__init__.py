"""Answers that are given again: under which keys, to whom, and for how long. Pure."""
