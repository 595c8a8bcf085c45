"""Trains classifiers. Never imported by what serves; needs the extra `learn`."""
