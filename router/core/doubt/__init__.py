"""Closed questions: what they ask, the final answer that an answer ends in, and the doubt whether it is right. Pure."""
