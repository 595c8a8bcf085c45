"""A Triton backend called `cpu` that compiles nothing: TRITON_INTERPRET=1 runs every kernel in Python.

vLLM runs DiffusionGemma only where Triton has an active backend, and on a CPU it looks for one of this name.
"""
