"""How few passes do: quality and latency by step cap, on one's own prompts."""
