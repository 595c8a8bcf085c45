"""What of a request another question may answer for, and among which. Pure."""

from hashlib import sha256
from typing import Final

import orjson
from msgspec import Struct

from router.core.caching.entry import Place
from router.core.caching.key import NOT_PART
from router.core.values import ChatRequest

ONE_TEXT: Final = 1


class Question(Struct, frozen=True):
    """A question by its text, and the partition of those that it may be compared with: everything but the text is the
    same for all of them."""

    partition: str
    text: str


def question_of(request: ChatRequest, place: Place, deepest: int) -> Question | None:
    """The question that a request ends in; None: it is none that may be put in another way. That is so where tools or
    media are involved, where a form is asked for, and in conversations of more than `deepest` user messages."""
    messages = request.messages
    if request.parameters.get("tools") or request.parameters.get("response_format") or not messages:
        return None
    last = messages[-1]
    if last.role != "user" or len(last.parts) != ONE_TEXT or not last.parts[0].text:
        return None
    if sum(message.role == "user" for message in messages) > deepest:
        return None
    return Question(_partition(request, place), last.parts[0].text)


def _partition(request: ChatRequest, place: Place) -> str:
    """Tenant, policy, model, what was said before, and every parameter, each preceded by its length."""
    said = [[message.role, *[part.text or part.url for part in message.parts]] for message in request.messages[:-1]]
    names = sorted(request.fields.keys() - NOT_PART - {"model", "messages"})
    fields = [place.tenant, place.policy, request.model, orjson.dumps(said).decode()]
    for name in names:
        fields += (name, bytes(request.fields[name]).decode("utf-8", "replace"))
    data = [each.encode("utf-8", "surrogatepass") for each in fields]
    return sha256(b"".join([b"%d:%b" % (len(each), each) for each in data])).hexdigest()
