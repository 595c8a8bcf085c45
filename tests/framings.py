"""Odd ways to write one event stream, all but the last legal: each bends the bytes of a good one and cuts them into
writes. Pure."""

from collections.abc import Callable, Sequence

from tests.vllm_wire import DONE

Framing = Callable[[bytes], Sequence[bytes]]


def with_crlf(stream: bytes) -> Sequence[bytes]:
    """Line ends as Windows writes them."""
    return [stream.replace(b"\n", b"\r\n")]


def with_cr(stream: bytes) -> Sequence[bytes]:
    """Line ends as the standard also allows them."""
    return [stream.replace(b"\n", b"\r")]


def with_byte_order_mark(stream: bytes) -> Sequence[bytes]:
    """A byte order mark in front."""
    return [b"\xef\xbb\xbf" + stream]


def byte_by_byte(stream: bytes) -> Sequence[bytes]:
    """Every byte a write of its own: characters and line ends are cut apart."""
    return [stream[at : at + 1] for at in range(len(stream))]


def in_many_data_lines(stream: bytes) -> Sequence[bytes]:
    """Each chunk's JSON over two `data` lines, cut where white space may stand."""
    return [stream.replace(b'"choices":', b'\ndata: "choices":')]


def with_comments(stream: bytes) -> Sequence[bytes]:
    """Comments, ids and retry times between the events."""
    return [stream.replace(b"data: {", b": ping\n\nid: 7\nretry: 10\ndata: {")]


def without_done(stream: bytes) -> Sequence[bytes]:
    """No [DONE] at the end."""
    return [stream.removesuffix(DONE)]


def without_last_blank_line(stream: bytes) -> Sequence[bytes]:
    """The last event is not closed."""
    return [stream.removesuffix(b"\n")]


def without_blank_lines(stream: bytes) -> Sequence[bytes]:
    """No event is closed: the lines follow each other. This one is not legal, and its meaning is plain."""
    return [stream.replace(b"\n\n", b"\n")]


def all_at_once(stream: bytes) -> Sequence[bytes]:
    """The whole stream in one write."""
    return [stream]


FRAMINGS: tuple[Framing, ...] = (
    all_at_once,
    with_crlf,
    with_cr,
    with_byte_order_mark,
    byte_by_byte,
    in_many_data_lines,
    with_comments,
    without_done,
    without_last_blank_line,
    without_blank_lines,
)
