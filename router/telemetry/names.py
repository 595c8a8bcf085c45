"""Every name of a metric, in one place: dashboards and alerts are written against these."""

REQUESTS = "router_requests"
DECISIONS = "router_decisions"
LATENCY_BUDGETS = "router_latency_budgets"
PREDICTIONS = "router_predictions"
PREDICTION_RATIO = "router_prediction_ratio"
REQUEST_DURATION = "router_request_duration_seconds"
FIRST_BLOCK = "router_time_to_first_block_seconds"
ATTEMPTS = "router_attempts"
ATTEMPT_DURATION = "router_attempt_duration_seconds"
BACKEND_ATTEMPTS = "router_backend_attempts"
WARM_UPS = "router_warm_ups"
BACKEND_SHARE = "router_backend_share"
ESCALATIONS = "router_escalations"
ESCALATION_CHECKS = "router_escalation_checks"
BLOCKS = "router_blocks"
BLOCK_PASSES = "router_block_passes"
TOKENS = "router_tokens"
TOKENS_WRITTEN = "router_tokens_written"
TOKENS_WASTED = "router_tokens_wasted"
ENGINE_SECONDS = "router_engine_seconds"
COST = "router_cost_microusd"
COST_WASTED = "router_cost_wasted_microusd"
COST_COMPARED = "router_cost_compared_microusd"
TENANT_REQUESTS = "router_tenant_requests"
TENANT_TOKENS = "router_tenant_tokens"
TENANT_ENGINE_SECONDS = "router_tenant_engine_seconds"
TENANT_COST = "router_tenant_cost_microusd"
READS = "router_reads"
TOKENS_READ = "router_tokens_read"
REPAIRS = "router_repairs"
ROLLOUT_REQUESTS = "router_rollout_requests"
SHADOW_DECISIONS = "router_shadow_decisions"
ANSWER_LENGTHS = "router_answer_lengths"
CACHE = "router_cache"
CACHE_LOST = "router_cache_lost"
REDIS_UP = "router_redis_up"
CACHE_UPGRADES = "router_cache_upgrades"
CACHE_UPGRADE_TOKENS = "router_cache_upgrade_tokens"
POLICY_LOADS = "router_policy_loads"
POLICY_LOAD_FAILED = "router_policy_load_failed"
POLICY_HELD = "router_policy_held"
CANARY_STOPPED = "router_canary_stopped"
IN_FLIGHT = "router_requests_in_flight"
BACKEND_IN_FLIGHT = "router_backend_in_flight"
BACKEND_LIMIT = "router_backend_limit"
BACKEND_BREAKER_OPEN = "router_backend_breaker_open"
SPILLS = "router_spills"
QUEUE_WAITING = "router_queue_waiting"
QUEUE_WAIT = "router_queue_wait_seconds"
QUEUE_REFUSED = "router_queue_refused"
TASKS = "router_asyncio_tasks"
LOOP_LAG = "router_event_loop_lag_seconds"
LOG_DROPPED = "router_decision_log_dropped"
LOG_UNWRITTEN = "router_decision_log_unwritten"
AUDITS = "router_audits"
TRACES_LOST = "router_traces_lost"
DECISIONS_LOST = "router_decisions_lost"
BUILD = "router_build"

# --- OpenTelemetry's GenAI conventions (v1.41), as Prometheus spells them ------------------------------------------

SERVER_DURATION = "gen_ai_server_request_duration_seconds"
SERVER_BEGINNING = "gen_ai_server_time_to_first_token_seconds"
SERVER_PACE = "gen_ai_server_time_per_output_token_seconds"
CLIENT_DURATION = "gen_ai_client_operation_duration_seconds"
CLIENT_FIRST_CHUNK = "gen_ai_client_operation_time_to_first_chunk_seconds"
CLIENT_PER_CHUNK = "gen_ai_client_operation_time_per_output_chunk_seconds"
CLIENT_TOKENS = "gen_ai_client_token_usage"

# --- the bounds of buckets ----------------------------------------------------------------------------------------

SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
"""Bucket bounds of durations: those of the OpenTelemetry GenAI conventions (v1.41)."""

FIRST_TOKEN = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
PER_TOKEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
TOKEN_COUNTS = tuple(4.0**power for power in range(14))
"""As `SECONDS`, of `gen_ai.server.time_to_first_token`, `time_per_output_token` and `gen_ai.client.token.usage`."""

RATIOS = (0.25, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 4.0)
"""How long an answer took over how long half of such answers were thought to take at most."""

PASSES = (1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0)
"""Denoising passes of a canvas."""

LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""How late the event loop wakes up who asked it to, in seconds."""
