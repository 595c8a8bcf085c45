"""Which language a prompt wants its answer in. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_NAMES: Final[Mapping[str, str]] = {
    "en": "english englisch anglais inglés inglese inglês ingilizce engels angielski английский",
    "de": "german deutsch deutsche allemand alemán tedesco alemão almanca duits niemiecki немецкий",
    "fr": "french französisch français francés francese francês fransızca frans francuski французский",
    "es": "spanish spanisch espagnol español spagnolo espanhol ispanyolca spaans hiszpański испанский",
    "it": "italian italienisch italien italiano italyanca italiaans włoski итальянский",
    "pt": "portuguese portugiesisch portugais portugués portoghese português portekizce portugees portugalski",
    "nl": "dutch niederländisch néerlandais holandés neerlandés olandese holandês nederlands holenderski",
    "pl": "polish polnisch polonais polaco polacco polonês pools polski",
    "tr": "turkish türkisch turc turco türkçe turks turecki",
    "ro": "romanian rumänisch roumain rumano rumeno română",
    "sv": "swedish schwedisch suédois sueco svedese svenska zweeds",
    "da": "danish dänisch danois danés dansk deens",
    "no": "norwegian norwegisch norvégien noruego norsk noors",
    "fi": "finnish finnisch finnois finlandés suomi suomeksi fins",
    "cs": "czech tschechisch tchèque checo ceco čeština česky tsjechisch",
    "hu": "hungarian ungarisch hongrois húngaro ungherese magyar magyarul hongaars",
    "id": "indonesian indonesisch indonésien indonesio indonesia",
    "vi": "vietnamese vietnamesisch vietnamien vietnamita",
    "cyrillic": "russian ukrainian bulgarian russisch russe ruso russo rusça rosyjski русский",
    "greek": "greek griechisch grec griego greco ελληνικά",
    "arabic": "arabic arabisch arabe árabe arabo arapça",
    "hebrew": "hebrew hebräisch hébreu hebreo",
    "devanagari": "hindi",
    "thai": "thai",
    "hangul": "korean koreanisch coréen coreano",
    "han": "chinese mandarin chinesisch chinois chino cinese chinês çince japanese japanisch japonais japonés",
}
"""Names of languages in several of them, by what their text shows: a language of small words, or a writing system."""

_OF_NAME: Final = {name: language for language, names in _NAMES.items() for name in names.split()}
_VERBS = (
    r"translat(?:e|ion)|(?:answer|respond|reply|write)(?! (?:a|an|the|some|code|down)\b)|"
    r"übersetz(?:e|en|ung)|antworte|schreibe?|tradui(?:s|sez|re)|réponds|répondez|écris|écrivez|"
    r"traduce|traduzca|traducir|responde|escribe|traduci|rispondi|scrivi|traduza|traduzir|responda|escreva|"
    r"vertaal|antwoord|przetłumacz|odpowiedz|переведи|переведите|ответь"
)
_INTO = r"into|to|in|ins|auf|en|al|a|ao|para(?: o)?|naar(?: het)?|in het|na(?: język)?|po|на|vers(?: l[e'])?"
_WANTED: Final = re.compile(
    rf"\b(?:{_VERBS})\b[^.?!\n:;]{{0,60}}?\b(?:{_INTO}) (?:simple |plain |good |correct |el |l')?"
    rf"({'|'.join(_OF_NAME)})\b(?! ?(?:and|or|et|und|y|e|и)\b| ?[,/] ?\w)",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"(?i)translit|romani[sz]|pronounc|phonet|pinyin|romaji|latin (?:letters|script|alphabet)|both|bilingual|explain|"
    r"grammar|teach|how (?:do|would|can|to)|why|mean"
)
READ = 1500
"""Characters read at either end of a prompt."""


@lru_cache(maxsize=64)
def wanted_language(prompt: str) -> str:
    """What the answer is to show, as `_NAMES` has it; "" where a prompt asks for none, or for more than a text."""
    if len(prompt) > 2 * READ:
        prompt = f"{prompt[:READ]}\n{prompt[-READ:]}"
    found = {_OF_NAME[name.lower()] for name in _WANTED.findall(prompt)}
    return found.pop() if len(found) == 1 and _OTHERWISE.search(prompt) is None else ""
