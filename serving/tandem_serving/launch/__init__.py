"""Starts a real engine from a profile, after saying what will not work on this machine and what to do instead."""
