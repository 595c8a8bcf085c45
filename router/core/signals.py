"""What is measured about a request before anything is decided: pure facts of what was sent. No I/O, no clock."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from router.core.heads import Heads
from router.core.judgement import gather_evidence, judge
from router.core.prompt_reader import read_prompt, tools_of, word_of
from router.core.values import ChatRequest, Measure, Signals

AUDIO_KINDS = frozenset({"input_audio", "audio_url"})
SCHEMA_FORMATS = ("json_schema", "json_object")
SCHEMA_PARAMETERS = frozenset({"structured_outputs", "guided_json", "guided_regex", "guided_choice", "guided_grammar"})


def measure_by(heads: Heads) -> Measure:
    """Measuring by these heads."""
    return partial(measure, heads)


def measure(heads: Heads, request: ChatRequest) -> Signals:
    """Measure a request: by its shape, by the named rules and by these heads."""
    parameters = request.parameters
    prompt = read_prompt(request)
    judged = judge(gather_evidence(heads, prompt, request.max_tokens))
    subjects = {cue.subject for cue in prompt.ask.cues + prompt.earlier.cues}
    return Signals(
        prompt_tokens=prompt.prompt_tokens,
        answer_tokens=judged.answer_tokens.p50,
        answer_tokens_p90=judged.answer_tokens.p90,
        answer_base=judged.answer_base,
        turns=[message.role for message in request.messages].count("user"),
        code="code" in subjects or "```" in prompt.earlier.text,
        maths="maths" in subjects,
        scripts=prompt.scripts,
        tools=len(tools_of(parameters)),
        schema=_wants_schema(parameters),
        images=prompt.images,
        audio=sum([part.kind in AUDIO_KINDS for message in request.messages for part in message.parts]),
        stakes=judged.stakes,
        stakes_domain=judged.stakes_domain,
        difficulty=judged.difficulty,
        task=judged.task,
        reasoning_effort=word_of(parameters, "reasoning_effort"),
        service_tier=word_of(parameters, "service_tier"),
    )


def _wants_schema(parameters: Mapping[str, Any]) -> bool:
    form = parameters.get("response_format")
    if isinstance(form, dict) and form.get("type") in SCHEMA_FORMATS:
        return True
    if SCHEMA_PARAMETERS.isdisjoint(parameters):
        return False
    return any(parameters[name] is not None for name in SCHEMA_PARAMETERS & parameters.keys())
