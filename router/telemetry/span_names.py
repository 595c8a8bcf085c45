"""Every name on a span, in one place. `gen_ai.*` and `openai.*` are OpenTelemetry's GenAI conventions in the shape of
v1.41, `openinference.*`, `llm.*` and `decision.*` are OpenInference's, `router.*` are ours."""

from typing import Final

SCOPE: Final = "tandem"
SCHEMA: Final = "https://opentelemetry.io/schemas/1.41.0"

# --- spans and events -------------------------------------------------------------------------------------------

REQUEST: Final = "POST /v1/chat/completions"
DECIDE: Final = "router.decide"
LOOK_UP: Final = "router.cache.lookup"
CHAT: Final = "chat"
GATE_EVENT: Final = "router.gate"
DECISION_EVENT: Final = "router.decision"

# --- what kind of step it is ------------------------------------------------------------------------------------

KIND: Final = "openinference.span.kind"
CHAIN: Final = "CHAIN"
DECISION: Final = "DECISION"
RETRIEVER: Final = "RETRIEVER"
LLM: Final = "LLM"
MODEL_NAME: Final = "llm.model_name"
TOKENS_PROMPT: Final = "llm.token_count.prompt"
TOKENS_COMPLETION: Final = "llm.token_count.completion"
TOKENS_TOTAL: Final = "llm.token_count.total"
COST_TOTAL: Final = "llm.cost.total"
DECISION_MODEL: Final = "decision.model_name"
DECISION_SYSTEM: Final = "decision.system"
INPUT_VALUE: Final = "input.value"
OUTPUT_VALUE: Final = "output.value"
SESSION: Final = "session.id"
USER: Final = "user.id"

# --- http, server, errors ---------------------------------------------------------------------------------------

METHOD: Final = "http.request.method"
ROUTE: Final = "http.route"
PATH: Final = "url.path"
STATUS: Final = "http.response.status_code"
ADDRESS: Final = "server.address"
PORT: Final = "server.port"
ERROR_TYPE: Final = "error.type"

# --- gen_ai -----------------------------------------------------------------------------------------------------

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
OPENAI: Final = "openai"
API_TYPE: Final = "openai.api.type"
CHAT_COMPLETIONS: Final = "chat_completions"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
RESPONSE_ID: Final = "gen_ai.response.id"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"

PARAMETERS: Final = {
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "n": "gen_ai.request.choice.count",
}
"""By the parameter of a chat completion; where two mean the same, the latter counts."""

# --- ours -------------------------------------------------------------------------------------------------------

REQUEST_ID: Final = "router.request_id"
KEPT_FOR: Final = "router.trace.kept_for"
ASKED_MODEL: Final = "router.asked_model"
KEY_ID: Final = "router.key_id"
OUTCOME: Final = "router.outcome"
TIER: Final = "router.tier"
RULE: Final = "router.rule"
ATTEMPTS: Final = "router.attempts"
WASTED_TOKENS: Final = "router.wasted_tokens"
FIRST_BLOCK: Final = "router.first_block_s"
COST: Final = "router.cost_usd"
WASTED_COST: Final = "router.wasted_cost_usd"
READ_COST: Final = "router.reading.cost_usd"
ANNOTATION: Final = "router.annotation."
CACHE_OUTCOME: Final = "router.cache.outcome"
CACHE_HIT: Final = "router.cache.hit"
CACHE_TIER: Final = "router.cache.tier"
CACHE_SIMILARITY: Final = "router.cache.similarity"
ATTEMPT: Final = "router.attempt"
BACKEND: Final = "router.backend"
ESCALATION: Final = "router.escalation.reason"
DENOISE_STEPS: Final = "router.denoise.steps"
DENOISE_CANVAS: Final = "router.denoise.canvas"
GATE_MODE: Final = "router.gate.mode"
GATE_BLOCKS: Final = "router.gate.blocks"
GATE_BLOCK: Final = "router.gate.block"
GATE_CHARS: Final = "router.gate.chars"
GATE_PASSES: Final = "router.gate.passes"
GATE_ACCEPTED: Final = "router.gate.accepted"
GATE_REASONS: Final = "router.gate.reasons"
GATE_DISCARDED: Final = "router.gate.discarded_tokens"
READS: Final = "router.reading.reads"
READ_TOKENS: Final = "router.reading.tokens_read"
READ_CUT: Final = "router.reading.cut"
READ_UNREAD: Final = "router.reading.unread"

DECIDED_TIER: Final = "router.decision.tier"
DECIDED_RULE: Final = "router.decision.rule"
DECIDED_REASON: Final = "router.decision.reason"
DECIDED_POLICY: Final = "router.decision.policy.name"
DECIDED_VERSION: Final = "router.decision.policy.version"
DECIDED_ARM: Final = "router.decision.arm"
DECIDED_SHADOW: Final = "router.decision.shadow"
DECIDED_SHADOW_CHANGED: Final = "router.decision.shadow.changed"
CANDIDATES: Final = "router.decision.candidates"
EXCLUDED: Final = "router.decision.excluded"
FAILED_RULES: Final = "router.decision.failed_rules"
STAKES: Final = "router.decision.stakes"
STAKES_SCORE: Final = "router.decision.stakes.score"
STAKES_REASONS: Final = "router.decision.stakes.reasons"
DIFFICULTY: Final = "router.decision.difficulty"
DIFFICULTY_SCORE: Final = "router.decision.score"
DIFFICULTY_REASONS: Final = "router.decision.difficulty.reasons"
TASK: Final = "router.decision.task"
ABSTAINED: Final = "router.decision.abstained"
BUDGET: Final = "router.decision.latency_budget_ms"
PREDICTED_P50: Final = "router.decision.predicted_p50_ms"
PREDICTED_P90: Final = "router.decision.predicted_p90_ms"
PROMPT_ESTIMATE: Final = "router.decision.prompt_tokens_estimate"
ANSWER_ESTIMATE: Final = "router.decision.answer_tokens_estimate"
DECISION_ELAPSED: Final = "router.decision.elapsed_us"
