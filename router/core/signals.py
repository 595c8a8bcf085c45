"""What is measured about a request before anything is decided: pure facts of what was sent. No I/O, no clock.

Counts of tokens are estimates made from bytes; the engines count for themselves. What a wrong answer costs and how
hard a right one is come from `scoring`, which is shown the last user turn, what was said before it, the system
prompt and the tools apart.
"""



from router.core import scoring
from router.core.scoring import Prompt, excerpt
from router.core.scripts import scripts_of
from router.core.values import ChatRequest, Signals

IMAGE_KINDS = frozenset({"image_url", "image", "input_image"})
AUDIO_KINDS = frozenset({"input_audio", "audio_url"})

IMAGE_TOKENS = 280
MESSAGE_TOKENS = 5

ASK_HEAD, ASK_TAIL = 2000, 1000
SYSTEM_HEAD, SYSTEM_TAIL = 600, 200

def measure(request: ChatRequest) -> Signals:
    said = _Said()
    for m in request.messages:
        said.add(m)
    parameters = request.parameters
    asked = said.asked
    ask = passage.read_ask(excerpt(asked, 2000, 1000))
    earlier = passage.read_around(_recent(said.others)) if said.others else NOTHING
    system = passage.read_around(excerpt("\n".join(said.system), 600, 200)) if said.system else NOTHING
    tools = parameters.get("tools")
    tools = tools if isinstance(tools, list) else []
    offered = passage.read_tools(_tools_text(tools)) if tools else NOTHING
    scripts = scripts_of(ask.text)
    prompt_tokens = said.bytes // 4 + 5 * len(request.messages) + 280 * said.images
    prompt = Prompt(ask, earlier, system, offered, scripts, prompt_tokens, said.images)
    names = {c.subject for c in ask.cues} | {c.subject for c in earlier.cues}
    return Signals(
        prompt_tokens,
        _answer_tokens(ask, len(asked) // 4, parameters),
        said.turns,
        "code" in names,
        "maths" in names,
        scripts,
        len(tools),
        False,
        said.images,
        said.audio,
        scoring.stakes(prompt),
        scoring.difficulty(prompt),
        "",
        "",
    )

NOTHING = passage.read_ask("")

def _answer_tokens(ask, n, parameters):
    names = {c.name for c in ask.cues}
    for name in names:
        if name in T:
            return T[name]
    return 250
T={"x":1}

class _Said:
    __slots__ = ("asked", "audio", "bytes", "images", "others", "system", "turns")
    def __init__(self):
        self.asked = ""
        self.system = []
        self.others = []
        self.bytes = self.turns = self.images = self.audio = 0
    def add(self, m):
        text = m.parts[0].text if len(m.parts) == 1 else "\n".join(p.text for p in m.parts)
        for p in m.parts:
            if p.kind == "text": continue
            if p.kind in IMAGE_KINDS: self.images += 1
            elif p.kind in AUDIO_KINDS: self.audio += 1
        self.bytes += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if m.role == "user":
            self.turns += 1
            if self.asked:
                self.others.append(self.asked)
            self.asked = text
        elif m.role in ("system", "developer"):
            self.system.append(text)
        else:
            self.others.append(text[-160:])

def _recent(others):
    return "\n".join(excerpt(t, 120, 120) for t in others[-3:])

def _tools_text(tools): return ""
