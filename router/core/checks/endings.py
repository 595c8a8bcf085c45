"""Checks of how answers end: cut off, refused, or lost in thought. Pure."""

import re
from typing import Final

from router.core.checks.asked import DANGER, asks_for
from router.core.checks.check import EVERYWHERE, Check, Limits, at_the_end
from router.core.checks.prose import FENCE
from router.core.checks.written import Written
from router.core.verdict import evidence

OPENING = 160
"""Characters within which a refusal begins."""

LAST_PARAGRAPH = 1500
"""Characters at the end of an answer that tell whether it was cut off."""

_REFUSAL = re.compile(
    r"(?i)\b(?:i(?:['\u2019]m| am) (?:sorry|afraid)|i apologi[sz]e|sorry)\b.{0,40}?\b(?:can(?:no|['\u2019])t|can not|unable to|not able to|won['\u2019]t)"
    r" (?:assist|help|do that|comply|fulfil|provide|answer|complete|write|generate|create|continue|support|process|engage|discuss)"
    r"|\bi(?:['\u2019]m| am)? (?:can(?:no|['\u2019])t|can not|unable to|not able to|won['\u2019]t) (?:assist|help|comply|fulfil|do that|provide (?:that|this)|complete (?:that|this)|answer (?:that|this))"
    r"|\bas an ai\b.{0,40}?\bi(?:['\u2019]m| am)? (?:can(?:no|['\u2019])t|can not|unable to|not able to) (?:assist|help|provide|write|complete|do|answer|give|generate|create)"
    r"|es tut mir leid.{0,40}?(?:nicht|keine).{0,30}?(?:helfen|unterst\u00fctzen|beantworten|erf\u00fcllen|weiterhelfen)"
    r"|(?:ich kann (?:dir|ihnen|dabei|diese).{0,30}?nicht (?:helfen|weiterhelfen|beantworten|erf\u00fcllen))"
    r"|(?:je suis )?d\u00e9sol\u00e9.{0,40}?je ne (?:peux|suis).{0,40}?(?:aider|r\u00e9pondre|assister|satisfaire|demande|fournir)"
    r"|lo siento.{0,40}?no puedo.{0,30}?(?:ayudar|asistir|responder|cumplir|proporcionar|solicitud|eso)"
    r"|mi dispiace.{0,40}?non posso.{0,30}?(?:aiutar|assist|rispond|soddisf|fornir|richiesta)"
    r"|(?:desculpe|sinto muito|lamento).{0,40}?n\u00e3o posso.{0,30}?(?:ajudar|auxiliar|responder|atender|fornecer|isso)"
    r"|het spijt me.{0,40}?(?:kan|niet).{0,40}?helpen|przykro mi.{0,40}?nie mog\u0119|\u00fczg\u00fcn\u00fcm.{0,60}?(?:yard\u0131mc\u0131 olamam|edemem|yapamam|veremem)"
    r"|\u0438\u0437\u0432\u0438\u043d\u0438\u0442\u0435.{0,30}?\u043d\u0435 \u043c\u043e\u0433\u0443|\u043a \u0441\u043e\u0436\u0430\u043b\u0435\u043d\u0438\u044e.{0,20}?\u043d\u0435 \u043c\u043e\u0433\u0443 (?:\u043f\u043e\u043c\u043e\u0447\u044c|\u0432\u044b\u043f\u043e\u043b\u043d\u0438\u0442\u044c|\u043e\u0442\u0432\u0435\u0442\u0438\u0442\u044c)"
    r"|(?:\u62b1\u6b49|\u5bf9\u4e0d\u8d77|\u5c0d\u4e0d\u8d77).{0,20}?(?:\u65e0\u6cd5|\u7121\u6cd5|\u4e0d\u80fd).{0,12}?(?:\u5e2e\u52a9|\u5354\u52a9|\u534f\u52a9|\u63d0\u4f9b|\u56de\u7b54|\u6ee1\u8db3|\u8bf7\u6c42|\u5b8c\u6210)"
    r"|\u7533\u3057\u8a33.{0,40}?(?:\u3067\u304d\u307e\u305b\u3093|\u3044\u305f\u3057\u304b\u306d\u307e\u3059)|\uc8c4\uc1a1.{0,40}?(?:\uc218 \uc5c6|\ub3c4\uc640\ub4dc\ub9b4 \uc218)"
    r"|(?:\u0622\u0633\u0641|\u0639\u0630\u0631\u0627|\u0623\u0639\u062a\u0630\u0631).{0,40}?\u0644\u0627 (?:\u0623\u0633\u062a\u0637\u064a\u0639|\u064a\u0645\u0643\u0646\u0646\u064a)"
    r"|\u0915\u094d\u0937\u092e\u093e \u0915\u0930.{0,60}?\u0928\u0939\u0940\u0902 \u0915\u0930 \u0938\u0915"
)
"""The formulas in which models refuse to help, as against saying that there is no answer."""

_HONEST = re.compile(
    r"(?i)real[- ]time|up[- ]to[- ]date|current (?:weather|time|date|price)|browse|internet|access to|attach|image|provided|"
    r"didn['\u2019]t (?:provide|include|share)|more (?:information|context|details)|please (?:provide|share|specify|paste)|"
    r"no such|does(?:n['\u2019]t| not) exist|don['\u2019]t know|not sure|personal (?:opinion|experience|feeling)|feelings|physical|"
    r"instead|however|medical advice|professional|emergency|988|911"
)
"""Signs that there is a reason, or something else on offer."""

_REFUSAL_CHARS = 500
_TERMINAL = ".!?:;\"')]}>*_`|~\u3002\uff01\uff1f\uff1a\uff1b\u300d\u300f\uff09\u3011\u201d\u2019\u00bb\u2026\u0964\u061f\u06d4\u0965\u00a7\u2605\u2713\u2705-=$%\u00b0\u20ac\u00a3\u2014\u2013/\\"
_SENTENCE = re.compile(r"[^\W\d_]{2}[.!?][\"')\u201d*]{0,2}\s+[\"'(\u201c*]{0,2}[^\W\d_]|[\u3002\uff01\uff1f]|\u0964")
_LISTED = re.compile(r"\s*(?:[-*+\u2022#|>]|\d{1,3}[.):]|[A-Za-z][.):]\s)")
_STATED = re.compile(
    r"(?i)\banswer\b|\bfinal\b|=|\\boxed|\bresult\b|\u7b54|(?:^|:)\W*\d[\d.,]*\s*$|(?:^|\s)\(?[A-J]\)?$|https?:|www\.|@"
)
_UNFINISHED: Final = frozenset(
    """the a an of and or to in for with by from as at on that which is are was were be has have had will would can could
    should may might because since although if when while where their its his her our your my this these into than but
    und oder der die das den dem des ein eine einen einem einer mit von zu für auf im in dass weil wenn ist sind
    et ou le la les un une des du de à dans pour avec que qui est sont sur par y o el los las una del en con para por
    que es son e il lo gli di della del con per che è sono os um uma do da em com não é en het een van met voor dat
    i oraz lub w z na do że jest и или в на с что для по как это не к от ve veya bir ile için olan""".split()
)


def refuses(written: Written, _limit: float) -> str | None:
    """A short answer that begins by refusing and does nothing else, to a prompt without anything dangerous in it."""
    answer = written.whole.strip()
    if len(answer) > _REFUSAL_CHARS or written.calls:
        return None
    found = _REFUSAL.search(answer[:OPENING])
    if found is None or found.start() > OPENING // 2 or _HONEST.search(answer):
        return None
    return None if asks_for(written.brief, DANGER) or not written.brief.prompt else evidence(answer)


def runs_away(written: Written, _limit: float) -> str | None:
    """Thinking that used up the answer's room."""
    if written.finish == "length" and written.reasoning.strip() and not written.whole.strip():
        return f"{len(written.reasoning)} characters of thinking and no answer"
    return None


def stops_at_canvas(written: Written, _limit: float) -> str | None:
    """An answer cut at exactly a canvas, below what the caller allowed."""
    if not written.canvas or not written.tokens or written.tokens % written.canvas:
        return None
    is_allowed_more = not written.brief.max_tokens or written.tokens < written.brief.max_tokens
    cut = written.finish == "length" or _is_cut(written.whole)
    return f"cut after {written.tokens} tokens, a multiple of {written.canvas}" if cut and is_allowed_more else None


def is_cut_off(written: Written, _limit: float) -> str | None:
    """An answer that is said to be complete and stops amid a sentence."""
    if written.finish == "length" or written.calls:
        return None
    return f"ends with: {evidence(written.whole[-60:])}" if _is_cut(written.whole) else None


def _is_cut(answer: str) -> bool:
    """Whether the last line of an answer is of sentences and stops amid one."""
    end = answer.rstrip()
    if not end or end[-1] in _TERMINAL or not (end[-1].isalnum() or end[-1] in ",(") or answer.count(FENCE) % 2:
        return False
    lines = [line for line in end[-LAST_PARAGRAPH:].split("\n") if line.strip()]
    rest = _since_sentence(lines[-1])
    words = rest.split()
    if words[-1][0] in "#@" or _STATED.search(rest):
        return False
    dangles = (
        words[-1].lower() in _UNFINISHED
        or end[-1] in ",("
        or rest.count("(") > rest.count(")")
        or rest.count("**") % 2 == 1
    )
    if dangles and len(words) >= 3 and _WORDY.search(rest):
        return True
    return len(words) >= 1 and _leaves_open(lines, len(words))


def _leaves_open(lines: list[str], words: int) -> bool:
    """Whether the last line, which ends on no mark, is of a kind whose lines all end on one."""
    last = lines[-1]
    if _LISTED.match(last):
        ended = [_ends_on_mark(line) for line in lines[:-1] if _LISTED.match(line) and len(line) > 40]
        return len(ended) >= 2 and all(ended)
    if _SENTENCE.search(last):
        return True
    return words >= 8 and _is_of_sentences(lines[:-1])


def _ends_on_mark(line: str) -> bool:
    return line.rstrip()[-1] in _ENDS or _SENTENCE.search(line) is not None


def _since_sentence(line: str) -> str:
    ends = [line.rfind(mark) for mark in (". ", "! ", "? ", "\u3002", "\uff01", "\uff1f", "\u0964")]
    return line[max(ends) + 1 :]


def _is_of_sentences(lines: list[str]) -> bool:
    """Whether most lines before the last end as sentences do."""
    spoken = [_ends_on_mark(line) for line in lines if len(line) > 40 and not _LISTED.match(line)]
    return bool(spoken) and 3 * sum(spoken) >= 2 * len(spoken)


_ENDS: Final = ".!?:\"'\u201d)*\u3002\uff01\uff1f\u0964"
_WORDY: Final = re.compile(r"[^\W\d_]{3}")

UNSURE: Final[Limits] = {"standard": 0.0, "strict": 0.0}

ROWS: Final = (
    Check("refusal", "a refusal where nothing is to be refused", 8.0, at_the_end, refuses, UNSURE),
    Check("runaway_thinking", "thinking without an answer", 0.3, at_the_end, runs_away, EVERYWHERE),
    Check("canvas_truncation", "cut at exactly a canvas", 1.0, at_the_end, stops_at_canvas, EVERYWHERE),
    Check("cut_off", "cut amid a sentence", 5.0, at_the_end, is_cut_off, UNSURE),
)
