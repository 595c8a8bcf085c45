"""The HTTP side: the raw front for hot requests, the FastAPI apps behind it, and OpenAI's wire."""
