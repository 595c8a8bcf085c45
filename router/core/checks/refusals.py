"""Check for refusals where nothing is to be refused. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from typing import Final

from router.core.checks.asked import DANGER, asks_for
from router.core.checks.check import Check, Limits, at_the_end
from router.core.checks.written import Written
from router.core.verdict import evidence

OPENING = 160
"""Characters within whose first half a refusal begins."""

MOST = 500
"""Characters of an answer that may do nothing but refuse."""

_CANNOT = r"(?:can(?:no|['’])t|can not|(?:am |'m )?(?:unable|not able) to|won['’]t)"
_FORMULAS: Final = (
    rf"(?:i(?:['’]m| am) (?:sorry|afraid)|i apologi[sz]e|sorry)\b.{{0,40}}?\b{_CANNOT} (?:assist|help|do that|"
    r"comply|fulfil|provide|answer|complete|write|generate|create|continue|support|process|engage|discuss)",
    rf"\bi(?:['’]m| am)? {_CANNOT} (?:assist|help(?! but| being| feel| wonder)"
    r"|comply|fulfil|(?:do|provide|complete|answer) (?:that|this))",
    rf"\bas an ai\b.{{0,40}}?\bi(?:['’]m| am)? {_CANNOT} (?:assist|help|provide|write|"
    r"complete|do|answer|give|generate|create)",
    r"es tut mir leid.{0,40}?(?:nicht|keine).{0,30}?(?:helfen|unterstützen|beantworten|erfüllen)",
    r"ich kann (?:dir|ihnen|dabei|diese).{0,30}?nicht (?:helfen|weiterhelfen|beantworten|erfüllen)",
    r"désolé.{0,40}?je ne (?:peux|suis).{0,40}?(?:aider|répondre|assister|satisfaire|demande|fournir)",
    r"lo siento.{0,40}?no puedo.{0,30}?(?:ayudar|asistir|responder|cumplir|proporcionar|solicitud|eso)",
    r"mi dispiace.{0,40}?non posso.{0,30}?(?:aiutar|assist|rispond|soddisf|fornir|richiesta)",
    r"(?:desculpe|sinto muito|lamento).{0,40}?não posso.{0,30}?(?:ajudar|auxiliar|responder|atender|fornecer|isso)",
    r"het spijt me.{0,40}?(?:kan|niet).{0,40}?helpen|przykro mi.{0,40}?nie mogę",
    r"üzgünüm.{0,60}?(?:yardımcı olamam|edemem|yapamam|veremem)",
    r"(?:извините|к сожалению).{0,30}?не могу (?:помочь|выполнить|ответить|предоставить|с этим)",
    r"(?:抱歉|对不起|對不起).{0,20}?(?:无法|無法|不能).{0,12}?(?:帮助|協助|协助|提供|回答|满足|请求|完成)",
    r"申し訳.{0,40}?(?:できません|いたしかねます)|죄송.{0,40}?(?:수 없|도와드릴 수)",
    r"(?:آسف|عذرا|أعتذر).{0,40}?لا (?:أستطيع|يمكنني)|क्षमा कर.{0,60}?नहीं कर सक",
)
"""How models refuse to help, as against saying that there is no answer. Each part is bounded."""

_REFUSAL = re.compile("(?i)" + "|".join(f"(?:{formula})" for formula in _FORMULAS))

_HONEST = re.compile(
    r"(?i)real[- ]time|up[- ]to[- ]date|current (?:weather|time|date|price)|browse|internet|access to|attach|image|"
    r"provided|"
    r"didn['’]t (?:provide|include|share)|more (?:information|context|details)|please (?:provide|share|specify|paste)|"
    r"no such|does(?:n['’]t| not) exist|don['’]t know|not sure|personal (?:opinion|experience|feeling)|feelings|"
    r"physical|"
    r"instead|however|medical advice|professional|emergency|988|911"
)
"""Signs that there is a reason, or something else on offer."""


def refuses(written: Written, _limit: float) -> str | None:
    """A short answer that begins by refusing and does nothing else, to a prompt without anything dangerous in it."""
    answer = written.whole.strip()
    if not answer or len(answer) > MOST or written.calls or not written.brief.prompt:
        return None
    found = _REFUSAL.search(answer[:OPENING]) if answer[0] not in _SPOKEN else None
    if found is None or found.start() > OPENING // 2 or _HONEST.search(answer):
        return None
    return None if asks_for(written.brief, DANGER) else evidence(answer)


_SPOKEN = "\"'\u201c\u201e\u00ab\u2014-"
"""What opens direct speech, as of somebody in a story."""

UNSURE: Final[Limits] = {"standard": 0.0, "strict": 0.0}

ROWS: Final = (Check("refusal", "a refusal where nothing is to be refused", 8.0, at_the_end, refuses, UNSURE),)
