"""Policies of a running router: read again, held at an earlier version, told to other replicas."""
