"""What a prompt asks for, as far as it makes odd text right: repeating, other languages, short answers. Pure.

Patterns are tried only where a check is about to reject, and only on the ends of long prompts.
"""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from typing import Final

from router.core.checks.written import Brief

HEAD, TAIL = 800, 400
"""Characters read at either end of a prompt and of what came before it."""


def asks_for(brief: Brief, cue: re.Pattern[str]) -> bool:
    """Whether a cue is in the prompt, or in what came before it."""
    return cue.search(_ends(brief.prompt)) is not None or cue.search(_ends(brief.context)) is not None


def _ends(text: str) -> str:
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n{text[-TAIL:]}"


def _any_of(*stems: str) -> re.Pattern[str]:
    return re.compile("|".join(" ".join(stems).split()), re.IGNORECASE)


REPEATING: Final = _any_of(
    r"""repeat repeti \d+.times (?:two|three|four|five|six|ten|hundred|many|several).times over.and.over again.and.again
    chant mantra \bspam stutter echo \bcopies\b ascii duplicat lorem tongue.twister laugh scream palindrom \bloop\b""",
    r"""wiederhol \d+.?mal\b répét \d+.fois repit repet \d+.ve[cz]es ripet \d+.volte herhaal \d+.keer powtór \d+.razy
    tekrar
    \d+.kez повтор \d+.раз 重复 重覆 \d+.?[次回遍번] [三五十百][次回遍] 繰り返 반복 كرر दोहरा lặp""",
)
"""The same words again and again."""

VERSE: Final = _any_of(
    r"""lyric \bsong \bpoem poetry \bverse refrain chorus nursery ballad villanelle \brap\b rhyme haiku \bhymn \bpray
    sonnet
    gedicht \blied\b poème chanson poema canción canção poesia canzone wiersz piosenk şiir şarkı стих песн
    诗 詩 歌词 歌詞
    写.{0,4}歌 노래 가사 قصيدة أغنية कविता गीत""",
)
"""Verse, whose lines come again."""

LANGUAGES: Final = _any_of(
    r"""translat language multilingual bilingual foreign linguist etymolog alphabet transliterat pronounc romani[sz]
    kanji
    hiragana katakana hangul cyrillic unicode pinyin vocabular
    english french german spanish italian portuguese dutch russian ukrainian polish turkish arabic hebrew persian farsi
    hindi \burdu bengali tamil telugu chinese mandarin cantonese japanese korean vietnamese \bthai\b indonesian
    \bmalay greek
    latin\b swedish norwegian danish finnish hungarian czech romanian bulgarian serbian croatian swahili sanskrit
    slovak ukrain esperanto gaelic welsh catalan tagalog filipino yiddish mongol armenian georgian nepali punjabi""",
    r"""übersetz sprache englisch französisch deutsch spanisch russisch chinesisch japanisch tradui langue anglais
    allemand espagnol russe chinois japonais traduc traduz idioma inglés inglês francés alemán ruso chino tradur lingua
    inglese tedesco vertaal engels taal tłumacz przetłum język angielsk çevir dil ingilizce перев язык англ немецк
    翻译 翻譯 英文 英语 英語 中文 日文 日语 法语 语言 翻訳 英訳 和訳 日本語 中国語 言語 번역 영어 한국어 언어
    ترجم اللغة بالإنجليزية अनुवाद अंग्रेज़ी भाषा dịch tiếng แปล ภาษา μεταφρ γλώσσα αγγλικ""",
)
"""Anything to do with languages and their writing, so that another one in the answer is no surprise."""

TOKENS: Final = _any_of(
    r"""token vocab html \bnlp\b \bbert\b transformer \bllm language.model \bmask embedding \bxml\b strikethrough
    \btags?\b
    \bchat.?template \bgpt gemma llama mistral qwen deepseek markup special padding"""
)
"""Marks of engines and of markup as the matter itself."""

ENCODINGS: Final = _any_of(
    r"encod mojibake utf unicode charset garbl corrupt decod cipher cypher replacement glitch zalgo"
)
"""Characters gone wrong as the matter itself."""

NONSENSE: Final = _any_of(
    r"""gibberish nonsense random.(?:text|letter|string|char|word|data|seq|name|id) password encod decod cipher encrypt
    anagram scrambl caesar rot13 base64 \bhex hash\b username jabberwocky invent.{0,30}(?:word|name|lang|species|spell)
    made-up fictional\slang keyboard alien.(?:lang|speech|tongue|word|script) unscrambl
    (?:api|secret|licen[cs]e|encryption|product|private|public).key access.token onomatop \bDNA\b protein.seq regex
    morse
    keymash letters syllab phonet \bIPA\b acronym abbrev reverse backwards typo misspell dialect slang
    \w+.accent\b word.search crossword"""
)
"""Text that is not to read as words do."""

FULL_ANSWER: Final = _any_of(
    r"""\bexplain \bdescribe \bwrite\b \bwhy\b tell.me.about \blist\b \bcompare summar \bessay \bstory\b \bsteps
    \bdiscuss
    \bhow.(?:do|does|can|to|would|should|is|are)\b \bplan\b \bcompose \bdraft \bgenerate \boutline \bsuggest
    \bimplement \bin.detail \badvantages \bideas \bexamples \brecipe""",
    r"""\berklär \bbeschreib \bschreib \bwarum \bwie.(?:kann|funktion|macht) \bexpli \bdécri \bécri \bpourquoi \bcomment
    \bdescrib \bescrib \bpor.qu[eé] \bcómo \bescrev \bcomo.(?:fazer|posso) \bspieg \bdescriv \bscriv \bperch[eé]
    \bleg.uit
    \bbeschrijf \bwaarom \bopisz \bnapisz \bdlaczego \bwyjaśn \baçıkla \bneden \bnasıl \byaz объясн опиши напиши почему
    解释 描述 为什么 如何 写一 介绍 説明 教えて 書いて なぜ 설명 써 왜 어떻게 اشرح اكتب لماذا كيف समझा लिख क्यों कैसे""",
)
"""Prompts that a word cannot answer."""

SHORT_ANSWER: Final = _any_of(
    r"""\bone.word \bsingle.word \bin.a.word \byes\b \btrue\b \bonly\b \bjust\b \bsingle\b \bwhich\b \bchoose \bpick\b
    classif \blabel \bletter \boption \bcategor \bnumber\b answer.with reply.with respond.with \bwhat.is \bhow.many
    \bhow.much \bwho\b \bwhen\b \bwhere\b \bword\b \bsentiment \bmissing \bblank \b[A-D][).:]\s \bname\b \bidentify
    \bdetermine \bcalculate \bsolve \bextract \bone.line \bbrief \bemoji \btitle \boutput \bresult \bevaluate \bcompute
    \btranslate \bconvert \bcorrect \brewrite \bregex \banswer:\s*$ \bcommand \bkeyword
    \bhow.(?:old|long|far|tall|big)""",
    r"""\bein.wort \bnur\b \bja.oder \bun.mot \bseul \boui\b \buna.palabra \bsolo\b \bsí\b \buma.palavra \bsomente
    \bapenas
    \buna.parola \beén.woord \balleen \bjedn \btylko \btek \bsadece одн только да.или 一个词 一个字 只
    是或否 一言 だけ のみ
    한.단어 만 كلمة فقط एक.शब्द केवल सिर्फ""",
)
"""Prompts that a word may answer."""

SIGN: Final = _any_of(
    r"\b(?:which|what|name|only|single|one|missing).(?:\w+.){0,2}"
    r"(?:symbol|sign|punctuation|operator|emoji|character|mark|separator|delimiter|bracket)\b",
    "welches.zeichen quel.signe qué.signo какой.знак",
)
"""A sign as the answer."""

DANGER: Final = _any_of(
    r"""\bbomb explosi weapon \bgun\b poison \bkill murder suicid self.harm \bdrugs?\b meth\b cocaine heroin fentanyl
    hack
    malware ransom phish \bvirus steal \btheft launder fraud counterfeit forge \bporn sexual \bsex \brape minor\b racis
    \bhate\b slur terror bioweapon nerve.agent anthrax stalk \bspy\b exploit bypass crack\b pirat illegal harm insult
    violen abuse \babus nazi genocid torture jailbreak password overdose cheat plagiar discriminat \bkkk \baddress
    private track\b personal.(?:data|info) \blives?\b surveil impersonat deepfake nude erotic
    offensive stereotyp \bdox toxic harass bully detonat molotov ammunition fake.\w*(?:id|passport|review|news)""",
    r"""bombe waffe töt gift arme.à tuer drogue arma matar droga veneno armi uccid wapen doden zabi broń öldür silah
    uyuştur
    бомб оружи убить наркот взлом 炸弹 武器 毒 杀 黑客 爆弾 殺 麻薬 폭탄 무기 마약 해킹
    قنبلة سلاح قتل مخدر बम हथियार मार""",
)
"""Matters over which a refusal may be right."""
