"""Answers that are given again, and answers that several callers share while they are on their way."""
