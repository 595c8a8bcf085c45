"""Sorts the text of a request by who said it, and reads as much of each part as a scorer is shown. Pure.

The last user turn, what was said around it, the system prompt and the tools are kept apart. Counts of tokens are
estimates made from bytes; the engines count for themselves.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from router.core.folding import fold_text
from router.core.passage import Passage, excerpt, opens_in_english, read_ask, read_earlier, read_system, read_tools
from router.core.scoring import Prompt
from router.core.scripts import writing_of
from router.core.shown import paragraphs_apart, pieces_to_show, squeeze
from router.core.stakes.conversation import agreed_findings, leads_to_a_deed
from router.core.stakes.rule import Finding
from router.core.stakes.tools import system_findings
from router.core.stakes_rules import stakes_findings, tool_text
from router.core.task_rules import SYSTEM_TOOLS, find_task_rule
from router.core.values import SYSTEM_ROLES, ChatRequest, Message

IMAGE_KINDS = frozenset({"image_url", "image", "input_image"})

BYTES_PER_TOKEN: Mapping[str, int] = {"cyrillic": 5, "arabic": 5, "devanagari": 6, "thai": 6}
USUAL_BYTES_PER_TOKEN = 4
"""UTF-8 bytes to a token by the ask's main script, rather too few than too many. A Latin letter takes one byte, a
Cyrillic or Arabic one two, a Chinese or Indian one three: of those, few characters fill a token."""

LEGIBLE_LATIN_SHARE = 0.75
"""A text of fewer Latin letters is not judged by English words, even where it holds some."""

MESSAGE_TOKENS = 5
"""What a chat template adds to each message."""

IMAGE_TOKENS = 280
"""What one image takes of the prompt."""

ASK_HEAD, ASK_TAIL = 2_000, 1_000
SYSTEM_HEAD, SYSTEM_TAIL = 600, 200
"""Characters read: what is wanted stands before or after pasted material, and a system prompt says first what it is
for and last what it insists on."""

SCANNED = 200_000
"""Characters that the rules about stakes read of what the user said, the latest first, and again of the tools. Longer
prompts fit no fast tier, and reading one of 20 MB would hold up everybody else's."""

SELF_CONTAINED_WORDS = 40
"""An ask of so many words says for itself what it is about; what came before a shorter one is read too."""

EARLIER_MESSAGES = 6
EARLIER_HEAD, EARLIER_TAIL = 200, 100
REPLY_TAIL = 100
"""Of so many latest messages both ends are read; of the assistant's what it said last, which "yes, do it" answers."""

TOOLS_READ = 32
NAME_HEAD, DESCRIPTION_HEAD = 64, 120
"""So many tools are read, and so many characters of a tool's name and of its description."""

MAX_WORD_CHARS = 200
"""What is read of a word that a caller chose freely: records keep it."""

_Said = tuple[str, str]
"""The role of a message and its text."""

_NOTHING = read_earlier("")
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")


def read_prompt(request: ChatRequest) -> Prompt:
    """Sort the text of a request by who said it, and read as much of each as a scorer is shown."""
    said = [(message.role, text_of(message)) for message in request.messages]
    asked = _last_user_turn(said)
    turns = _plain_turns(said)
    whole = turns[0] if turns else ""
    apart = paragraphs_apart(whole)
    images = sum([part.kind in IMAGE_KINDS for message in request.messages for part in message.parts])
    proposal = said[asked - 1][1] if asked > 0 and said[asked - 1][0] == "assistant" else ""
    tools, system = tools_of(request.parameters), _read_system(said)
    acts = bool(tools or system.text) and leads_to_a_deed(whole[:ASK_HEAD], proposal)
    ask = read_ask(_glimpse(whole, apart))
    writing = writing_of(ask.text)
    per_token = _bytes_per_token(writing.scripts)
    return Prompt(
        ask=ask,
        earlier=_NOTHING if len(ask.words) >= SELF_CONTAINED_WORDS else _read_earlier(said, asked),
        system=system,
        tools=_read_offered(tools),
        ask_tokens=-(-_bytes_of(said[asked][1] if asked >= 0 else "") // per_token),
        prompt_tokens=-(-_bytes_said(request, said) // per_token) + len(said) * MESSAGE_TOKENS + images * IMAGE_TOKENS,
        images=images,
        scripts=writing.scripts,
        legible=writing.latin_share >= LEGIBLE_LATIN_SHARE and opens_in_english(ask),
        turns=pieces_to_show(turns[::-1], apart),
        task_rule=find_task_rule(whole, fold_text("\n".join(_told(said))[:SYSTEM_TOOLS]), bool(tools)),
        findings=stakes_findings((*turns, *apart), ()) + agreed_findings(whole, proposal),
        offered=_find_offered(tools, system.text) if acts else (),
    )


def _find_offered(tools: Sequence[Any], system: str) -> tuple[Finding, ...]:
    """What the tools on offer do to the world, and what the system prompt says that the assistant does."""
    return stakes_findings((), _within(SCANNED, map(tool_text, tools))) + system_findings(system)


def _plain_turns(said: Sequence[_Said]) -> list[str]:
    """What the user said, the latest first, spelt plainly: nothing below sees a text as it was dressed up."""
    turns = [text for role, text in reversed(said) if role == "user"]
    return [squeeze(fold_text(text)) for text in _within(SCANNED, turns)]


def _glimpse(whole: str, apart: Sequence[str]) -> str:
    """Both ends of an ask, and the paragraphs between them that stand apart."""
    if len(whole) <= ASK_HEAD + ASK_TAIL:
        return whole
    return "\n".join([excerpt(whole, ASK_HEAD, ASK_TAIL), *apart[1:-1]])


def _within(room: int, texts: Iterable[str]) -> Iterator[str]:
    """As many of these as there is room for; of the one that there is not, both ends."""
    for text in texts:
        yield text if len(text) <= room else excerpt(text, room // 2, room // 2)
        room -= len(text)
        if room <= 0:
            return


def text_of(message: Message) -> str:
    """The text of a message, its parts on lines of their own."""
    parts = message.parts
    return parts[0].text if len(parts) == 1 else "\n".join([part.text for part in parts if part.text])


def _last_user_turn(said: Sequence[_Said]) -> int:
    for at in range(len(said) - 1, -1, -1):
        if said[at][0] == "user":
            return at
    return -1


def _read_earlier(said: Sequence[_Said], asked: int) -> Passage:
    glimpses = []
    for at in range(max(len(said) - EARLIER_MESSAGES, 0), len(said)):
        role, text = said[at]
        if role == "assistant":
            glimpses.append(text[-REPLY_TAIL:])
        elif at != asked and role not in SYSTEM_ROLES:
            glimpses.append(excerpt(text, EARLIER_HEAD, EARLIER_TAIL))
    return read_earlier(fold_text("\n".join(glimpses))) if glimpses else _NOTHING


def _told(said: Sequence[_Said]) -> list[str]:
    """What system messages say."""
    return [text for role, text in said if role in SYSTEM_ROLES]


def _read_system(said: Sequence[_Said]) -> Passage:
    told = _told(said)
    return read_system(fold_text(excerpt("\n".join(told), SYSTEM_HEAD, SYSTEM_TAIL))) if told else _NOTHING


def tools_of(parameters: Mapping[str, Any]) -> Sequence[Any]:
    """The tools on offer, whatever each of them is."""
    tools = parameters.get("tools")
    return tools if isinstance(tools, list) else ()


def _read_offered(tools: Sequence[Any]) -> Passage:
    return read_tools(fold_text("\n".join([_words_of(tool) for tool in tools[:TOOLS_READ]]))) if tools else _NOTHING


def _words_of(tool: object) -> str:
    """The name of a tool, its humps parted (`deleteUser`), and its description, in either of the wire's two shapes."""
    if not isinstance(tool, dict):
        return ""
    function = tool.get("function", tool)
    if not isinstance(function, dict):
        return ""
    name = _HUMP.sub(" ", word_of(function, "name")[:NAME_HEAD])
    return f"{name} {word_of(function, 'description')[:DESCRIPTION_HEAD]}"


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _bytes_said(request: ChatRequest, said: Sequence[_Said]) -> int:
    tools = len(request.fields["tools"]) if "tools" in request.fields else 0
    return tools + sum([_bytes_of(text) for _, text in said])


def _bytes_per_token(scripts: Sequence[str]) -> int:
    return BYTES_PER_TOKEN.get(scripts[0], USUAL_BYTES_PER_TOKEN) if scripts else USUAL_BYTES_PER_TOKEN


def word_of(fields: Mapping[str, Any], name: str) -> str:
    """The beginning of a field's text; "" for what is none."""
    value = fields.get(name, "")
    return value[:MAX_WORD_CHARS] if isinstance(value, str) else ""
