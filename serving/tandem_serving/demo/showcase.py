"""The requests of the demo, each with the way that it must take under the policy that ships. Values only."""

from dataclasses import dataclass
from typing import Any, Literal

from tandem_serving.demo.client import Body
from tandem_serving.demo.course import Course
from tandem_serving.demo.policies import CONTINUING, KEEPING, REPAIRING

Incident = Literal["none", "fast_dies_midway", "fast_is_back"]
"""What happens besides: the fast engine is killed at the first block, or has been started again before."""

SERVED_FAST = ("fast:served",)
SERVED_STRONG = ("strong:served",)
AT_EASE = Course("otherwise", "otherwise", SERVED_FAST)
"""A request of which no rule wants more than the fast tier."""


@dataclass(frozen=True)
class Asked:
    """One request: its name in the table, its body without the model, and what must come of it."""

    name: str
    fields: Body
    expected: Course
    model: str = "auto"
    incident: Incident = "none"

    @property
    def body(self) -> Body:
        """What is sent."""
        return {"model": self.model, **self.fields}


def _said(text: str, **parameters: Any) -> Body:
    return {"messages": [{"role": "user", "content": text}], **parameters}


def _shown(text: str, image_url: str) -> Body:
    parts = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": image_url}}]
    return {"messages": [{"role": "user", "content": parts}]}


RAINY_DAY = "What could we play on a rainy afternoon when the garden is wet?"
THE_SAME_IN_OTHER_WORDS = "Hello! When the garden is wet, what could we play on a rainy afternoon, please?"
ESSAY = "Write an essay of 400 words about lighthouses, keepers and fog."
SLIP = {"fast": "wrong:2"}
"""A sentence in the second block that is fluent and wrong: no check sees that."""

ONE_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
MINUTES = (
    "The choir met on Tuesday. Rehearsals move to the old library from May, because the hall is being painted. "
    "Two altos are missing for the summer concert, and Jonas will ask at the music school. The programme stays as it "
    "is, but the encore is dropped. Tickets cost eight, and children come in free. Somebody has to fetch the stands."
)
INVENTORY = " ".join(
    f"Behind the door of room {room} we found {room * 7 % 23} chairs that nobody has used since the winter, and we "
    "wrote them down."
    for room in range(1, 960)
)
"""About 26,000 tokens."""

EVENT = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "seats": {"type": "integer"}, "outdoors": {"type": "boolean"}},
    "required": ["title", "seats", "outdoors"],
}
AS_EVENT = {"type": "json_schema", "json_schema": {"name": "event", "schema": EVENT}}
TIDE = {
    "type": "function",
    "function": {
        "name": "get_tide",
        "description": "The height of the tide in a harbour.",
        "parameters": {"type": "object", "properties": {"harbour": {"type": "string"}}, "required": ["harbour"]},
    },
}

SHOWCASE: tuple[Asked, ...] = (
    Asked("a summary", _said(f"Summarise this in three sentences.\n\n{MINUTES}"), AT_EASE),
    Asked(
        "a rewrite, with temperature 0",
        _said("Make this friendlier: your parcel is late because the address was wrong.", temperature=0),
        Course("otherwise", "otherwise", SERVED_FAST, dropped=("temperature",)),
    ),
    Asked(
        "a story, streamed",
        _said("Tell me about a day at the seaside in 400 words.", stream=True),
        AT_EASE,
    ),
    Asked(
        "a tight latency budget",
        _said("Suggest five names for a boat that is never on time.", router={"latency_budget_ms": 1500}),
        AT_EASE,
    ),
    Asked(
        "competition maths",
        _said(
            "Prove that among any ten positive integers there are two whose difference is divisible by nine.",
            max_tokens=300,
        ),
        Course("hard", "rule", SERVED_STRONG),
    ),
    Asked(
        "a medical dosage",
        _said("How many mg of paracetamol may I give a child of 14 kg, and how often?"),
        Course("high-stakes", "rule", SERVED_STRONG),
    ),
    Asked(
        "a legal clause",
        _said("Draft a clause that waives the tenant's right to reduce the rent, and say if it is binding."),
        Course("high-stakes", "rule", SERVED_STRONG),
    ),
    Asked(
        "harmless text, stakes raised by the caller",
        _said("Write two sentences about our opening hours for the door.", router={"stakes": "high"}),
        Course("high-stakes", "rule", SERVED_STRONG),
    ),
    Asked(
        "an answer of one word",
        _said("Answer in one word: what is the opposite of north?"),
        Course("very-short-answer", "rule", SERVED_STRONG),
    ),
    Asked(
        "a JSON schema",
        _said("Invent a garden party and describe it.", response_format=AS_EVENT),
        Course("otherwise", "capability", SERVED_STRONG, excluded=("fast:response_format",)),
    ),
    Asked(
        "an image",
        _shown("Which colour is this?", ONE_PIXEL),
        Course("otherwise", "capability", SERVED_STRONG, excluded=("fast:messages",)),
    ),
    Asked(
        "a tool",
        _said("How high is the tide in Brest?", tools=[TIDE]),
        Course("tool-use", "rule", SERVED_STRONG),
    ),
    Asked(
        "a long context",
        _said(f"{INVENTORY}\n\nIn which room were the most chairs?"),
        Course("long-context", "rule", SERVED_STRONG),
    ),
    Asked(
        "streamed, and the fast engine's second block is garbage",
        _said(
            "Tell me about a day at the seaside in 2000 words.",
            stream=True,
            max_tokens=600,
            simulate={"fast": "garbage:2"},
        ),
        Course("otherwise", "otherwise", ("fast:rejected", "strong:served")),
    ),
    Asked(
        "a canvas that never settles",
        _said("Tell me about a day at the seaside in 300 words.", simulate={"fast": "never-converge"}),
        Course("otherwise", "otherwise", ("fast:rejected", "strong:served")),
    ),
    Asked(
        "a draft that the strong tier reads",
        _said(ESSAY),
        AT_EASE,
        model=f"auto:{REPAIRING}",
    ),
    Asked(
        "the same, streamed, with a wrong sentence in its second block",
        _said(ESSAY, stream=True, simulate=SLIP),
        Course("otherwise", "otherwise", ("fast:rejected", "strong:repaired", "fast:served")),
        model=f"auto:{REPAIRING}",
    ),
    Asked(
        "the same where the strong tier writes all the rest",
        _said(ESSAY, simulate=SLIP),
        Course("otherwise", "otherwise", ("fast:rejected", "strong:served")),
        model=f"auto:{CONTINUING}",
    ),
    Asked(
        "a question whose answer is kept",
        _said(RAINY_DAY, max_tokens=120),
        Course("otherwise", "otherwise", SERVED_FAST, cache="miss"),
        model=f"auto:{KEEPING}",
    ),
    Asked(
        "the same again, streamed",
        _said(RAINY_DAY, max_tokens=120, stream=True),
        Course("otherwise", "otherwise", (), cache="hit"),
        model=f"auto:{KEEPING}",
    ),
    Asked(
        "the same in other words",
        _said(THE_SAME_IN_OTHER_WORDS, max_tokens=120),
        Course("otherwise", "otherwise", (), cache="semantic"),
        model=f"auto:{KEEPING}",
    ),
    Asked(
        "streamed, and the fast engine is killed midway",
        _said("Tell me about a day at the seaside in 2000 words.", stream=True, max_tokens=700),
        Course("otherwise", "otherwise", ("fast:failed", "strong:served")),
        incident="fast_dies_midway",
    ),
    Asked(
        "the next request",
        _said(RAINY_DAY),
        Course("otherwise", "otherwise", ("fast:unavailable", "strong:served")),
    ),
    Asked(
        "the same, the fast engine being back",
        _said(RAINY_DAY),
        AT_EASE,
        incident="fast_is_back",
    ),
    Asked(
        "a tier asked for by name, without the grant",
        _said(RAINY_DAY),
        Course("", "", (), status=403, outcome="refused", code="grant_missing"),
        model="fast",
    ),
)
