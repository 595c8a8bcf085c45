"""Two real vLLM engines on a machine with no GPU, serving tiny checkpoints of random weights.

They prove the wire: formats, errors, streams, metrics. Their answers are noise and their speed means nothing.
`python -m tandem_serving.tiny` starts both.
"""
