"""A tour of the router without a GPU: two simulated engines, the router in front of them, and requests that show
each of its ways. `tandem demo` and `python -m tandem_serving.demo` run it; nothing is imported before that."""
