"""Two real vLLM engines on a machine with no GPU, serving tiny checkpoints of random weights.

They prove the wire: formats, errors, streams, metrics. Their answers are noise and their speed means nothing.
`python -m tandem_serving.tiny` starts both. For tests of what likelihoods say, `fitting` fits the strong one to
the tales of `fitting_text`.
"""
