"""The `tandem.yaml` that `tandem config init` writes: one machine, two engines, and what most people set next."""

from typing import Final

STARTER: Final = """\
# tandem.yaml, for one machine. `tandem config check` reads it as `tandem serve` would, `tandem config show` prints what
# is in force. Every setting there is: router/config/REFERENCE.md, or `tandem config reference`.
# An environment variable counts before the file: TANDEM_PUBLIC__PORT=9000 is `public: {port: 9000}`.

# Where callers come in, and where metrics, readiness and the console are. Both are open to this machine alone; anything
# else needs keys (below) and an admin key.
public: {host: 127.0.0.1, port: 8080}
admin: {host: 127.0.0.1, port: 8081}

tiers:
  # DiffusionGemma on vLLM: quick at low concurrency.
  fast:
    backends:
      - url: http://127.0.0.1:8102    # without /v1
        model: tier1                  # the name it is served under: `vllm serve --served-model-name`
        dialect: vllm_diffusion
        context_tokens: 32768         # `vllm serve --max-model-len`
        # api_key: the-engines-own-key
  # Gemma 4 on vLLM: quality, tools, structured output, many at once.
  strong:
    backends:
      - url: http://127.0.0.1:8101
        model: tier2
        dialect: vllm
        context_tokens: 32768
        # accepts: [image]            # input besides text
  # Another company's model, through `tandem hosted`. Off unless it stands here; what is asked there leaves the house
  # and costs money. A policy has to name it, and a key to be granted it: `tandem keys create --max-tier hosted`.
  # hosted:
  #   backends:
  #     - url: unix:///run/tandem/hosted.sock
  #       model: best
  #       dialect: openai
  #       context_tokens: 200000

# A folder of policies of your own; without it those that ship are in force. `tandem policy explain` tells what they do.
# policies: policies

# Virtual keys: `tandem keys create --tenant NAME` writes the file. Without it everybody on this machine is the owner.
# keys: keys.json

# A line per request, never a text of anybody's: `tandem log tail` follows it, `tandem log stats` adds it up.
decision_log: {folder: decisions}

# Answers are kept only where a policy says so. `sqlite` outlives a restart.
# cache: {store: sqlite, path: cache.sqlite}

# What several routers share. One router needs none.
# redis: {url: "redis://127.0.0.1:6379/0"}

# A trace of each request, by OTLP.
# tracing: {endpoint: "http://127.0.0.1:4318"}
"""
