"""What this replica has learned of how long its backends take."""

from collections.abc import Mapping, Sequence
from math import ceil
from threading import Lock

from router.core.latency import Duration, Pace, expect_course, expect_duration, load_of, size_of
from router.core.latency_history import LatencyHistory, duration_seen, was_down
from router.core.record import Record
from router.core.values import Signals, TierState
from router.ports import Clock


class LocalLatencies:
    """The port `Latencies`, and the sink of the decision log that it learns from. Each replica learns by itself, and
    anew when it starts.

    INVARIANT: a thread that decides only ever looks a history up; histories are replaced, never changed."""

    def __init__(self, paces: Mapping[str, Pace], clock: Clock) -> None:
        self._paces = paces
        self._clock = clock
        self._histories = {name: LatencyHistory() for name in paces}
        self._learning = Lock()

    def foreseen(self, states: Mapping[str, TierState], signals: Signals) -> Mapping[str, TierState]:
        """See `ports.Latencies`."""
        now_s = self._clock.now_s()
        return {name: self._foreseen(name, state, signals, now_s) for name, state in states.items()}

    def expected_ms(self, backend: str, in_flight: int, signals: Signals) -> float:
        """See `ports.Latencies`."""
        pace = self._paces[backend]
        return expect_duration(pace, signals, expect_course(pace, signals, in_flight)).p50_ms

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        with self._learning:
            for record in records:
                for name in was_down(record) & self._histories.keys():
                    self._histories[name] = self._histories[name].restarted()
                seen = duration_seen(record, self._paces)
                if seen is not None:
                    self._histories[seen.backend] = self._histories[seen.backend].after(seen, self._clock.now_s())

    def _foreseen(self, name: str, state: TierState, signals: Signals, now_s: float) -> TierState:
        pace, history = self._paces[name], self._histories[name]
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
