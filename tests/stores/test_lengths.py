"""What one replica learns of the lengths of its answers: apart by tenant and task, and no more than it has room for."""

import sys
import threading

from msgspec.structs import replace

from router.core.length_history import KEPT, PRIOR, length_seen, new_history
from router.core.record import Record
from router.core.values import Quantiles
from router.stores.lengths import LocalLengths
from tests.answered import BASE, answered


def test_nothing_is_adjusted_before_there_are_answers() -> None:
    assert LocalLengths().adjusted("acme", "generation", BASE) is BASE


def test_answers_teach_their_own_tenant_and_task_and_no_other() -> None:
    lengths = LocalLengths()

    lengths.take([answered(1_000)] * PRIOR)

    assert lengths.adjusted("acme", "generation", BASE).p50 >= 1_000
    assert lengths.adjusted("acme", "", BASE) is BASE
    assert lengths.adjusted("other", "generation", BASE) is BASE


def test_requests_without_a_task_are_a_kind_too() -> None:
    lengths = LocalLengths()

    lengths.take([answered(1_000, task="")] * PRIOR)

    assert lengths.adjusted("acme", "", BASE).p50 >= 1_000


def test_answers_in_an_asked_for_form_teach_nothing() -> None:
    lengths = LocalLengths()

    lengths.take([answered(3, base=Quantiles(3, 8, "form.one_word"))] * PRIOR)

    assert lengths.adjusted("acme", "generation", BASE) is BASE


def test_records_that_tell_of_no_answer_are_passed_over() -> None:
    lengths = LocalLengths()

    lengths.take([replace(answered(1_000), outcome="broken"), Record("a2", 2.0, 0.0, 401, "refused")])

    assert lengths.adjusted("acme", "generation", BASE) is BASE


def test_when_there_is_no_room_the_pair_without_an_answer_for_the_longest_time_goes() -> None:
    lengths = LocalLengths(max_pairs=3)

    lengths.take([answered(1_000, tenant) for tenant in ("a", "b", "c", "a", "d")])

    known = [tenant for tenant in "abcd" if lengths.adjusted(tenant, "generation", BASE) is not BASE]
    assert known == ["a", "c", "d"]


def test_a_pair_takes_less_than_half_a_kilobyte() -> None:
    lengths = LocalLengths()
    lengths.take([answered(1_000)] * KEPT * 2)

    ((pair, history),) = lengths._histories.items()

    held = [history, history.steps, history.p50, history.p90, pair, *pair]
    assert sum(map(sys.getsizeof, held)) < 512


def test_one_thread_learns_and_forgets_while_another_asks() -> None:
    lengths, ended = LocalLengths(max_pairs=8), threading.Event()
    records = [answered(1_000, str(number % 16)) for number in range(4_000)]
    an_answer = length_seen(records[0])
    assert an_answer is not None

    def learn() -> None:
        lengths.take(records)
        ended.set()

    learner = threading.Thread(target=learn)
    learner.start()
    found = set()
    while not ended.is_set():
        found |= {lengths.adjusted(str(number), "generation", BASE) for number in range(16)}
    learner.join()

    first = new_history(BASE).after(an_answer).correct(BASE)
    assert found <= {BASE, first}
