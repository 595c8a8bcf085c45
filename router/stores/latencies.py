"""What this replica has learned of how long its backends take."""

from collections.abc import Mapping, Sequence
from math import ceil
from threading import Lock

from router.core.latency import Duration, Pace, expect_course, expect_duration, load_of, size_of
from router.core.latency_history import LatencyHistory, duration_seen, was_down
from router.core.record import Record
from router.core.values import Signals, Tier, TierState
from router.ports import Clock


class LocalLatencies:
    """The port `Latencies`, and the sink of the decision log that it learns from. Each replica learns by itself, and
    anew when it starts.

    INVARIANT: a thread that decides only ever looks a history up; histories are replaced, never changed."""

    def __init__(self, paces: Mapping[Tier, Pace], clock: Clock) -> None:
        self._paces = paces
        self._clock = clock
        self._histories = {tier: LatencyHistory() for tier in paces}
        self._learning = Lock()

    def foreseen(self, states: Mapping[Tier, TierState], signals: Signals) -> Mapping[Tier, TierState]:
        """See `ports.Latencies`."""
        now_s = self._clock.now_s()
        return {tier: self._foreseen(tier, state, signals, now_s) for tier, state in states.items()}

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        with self._learning:
            for record in records:
                for tier in was_down(record) & self._histories.keys():
                    self._histories[tier] = self._histories[tier].restarted()
                seen = duration_seen(record, self._paces)
                if seen is not None:
                    self._histories[seen.tier] = self._histories[seen.tier].after(seen, self._clock.now_s())

    def _foreseen(self, tier: Tier, state: TierState, signals: Signals, now_s: float) -> TierState:
        pace, history = self._paces[tier], self._histories[tier]
        course = expect_course(pace, signals, state.in_flight)
        expected = expect_duration(pace, signals, course)
        likely = history.correct(expected, (size_of(signals.answer_tokens), load_of(pace, state.in_flight)))
        writes_canvases = pace.canvas_tokens > 1
        slower = _cautious(expected, likely) if writes_canvases else 0.0
        return TierState(
            state.configured,
            state.context_tokens,
            state.in_flight,
            state.failures,
            ceil(likely.p50_ms),
            ceil(likely.p90_ms),
            history.answers(now_s),
            pace.canvas_tokens if writes_canvases else 0,
            course.pass_ms * slower,
            course.before_ms * slower,
            state.limit,
        )


def _cautious(expected: Duration, likely: Duration) -> float:
    """How much longer everything takes than was expected, by the quantile that was further off: whether it is the
    passes that take longer, or more of them, answers do not tell, and fewer passes are the surer way to be in time."""
    return max(likely.p50_ms / expected.p50_ms, likely.p90_ms / expected.p90_ms)
