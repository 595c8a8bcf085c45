"""Every name of a metric, in one place: dashboards and alerts are written against these."""

REQUESTS = "router_requests"
REQUEST_DURATION = "router_request_duration_seconds"
FIRST_BLOCK = "router_time_to_first_block_seconds"
ATTEMPTS = "router_attempts"
ATTEMPT_DURATION = "router_attempt_duration_seconds"
ESCALATIONS = "router_escalations"
TOKENS = "router_tokens"
IN_FLIGHT = "router_requests_in_flight"
TASKS = "router_asyncio_tasks"
LOG_DROPPED = "router_decision_log_dropped"
LOG_UNWRITTEN = "router_decision_log_unwritten"
BUILD = "router_build"

SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
"""Bucket bounds of durations: those of the OpenTelemetry GenAI conventions (v1.41)."""
