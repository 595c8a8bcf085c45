"""The words by which `task_rules` tells a task: verbs that open a clause, and what they are done to. Data only."""

from msgspec import Struct

REACH = 14
"""Words after the verb in which its object stands."""


class TaskRule(Struct, frozen=True, gc=False):
    """What a clause that opens with one of `verbs` asks for, when each of `groups` has a word among the `reach` words
    after the verb. `task` is "" where the verb belongs to a task that is learned: no rule after it is asked then."""

    name: str
    task: str
    verbs: frozenset[str]
    groups: tuple[frozenset[str], ...] = ()
    reach: int = REACH


def _rule(name: str, task: str, verbs: str, *groups: str, reach: int = REACH) -> TaskRule:
    return TaskRule(name, task, _words(verbs), tuple(_words(group) for group in groups), reach)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _plurals(nouns: str) -> str:
    return f"{nouns} {' '.join(f'{noun}s' for noun in nouns.split())}"


POLITE = (
    r"(?:hi|hello|hey|ok|okay|so|now|then|also|please|pls|plz|kindly|just|quickly|briefly|there|all|,|#+|-)(?= ) "
    r"|(?:can|could|would|will) (?:you|u) |(?:i|we) (?:want|need|would like) you to |i d (?:like|love) (?:you )?to "
    r"|(?:i|we) (?:want|need|would like) to |help me (?:to )?|let s |your (?:task|job) is to |you (?:must|should|will) "
    r"|go ahead and |show me how to |try to "
)
"""What people say before the verb, as alternatives of a pattern; each ends with a space."""

LANGUAGES = """arabic bengali bulgarian cantonese catalan chinese croatian czech danish dutch english estonian farsi
    finnish french gaelic german greek hebrew hindi hungarian icelandic indonesian irish italian japanese korean latin
    latvian lithuanian malay mandarin norwegian persian polish portuguese punjabi romanian russian serbian slovak
    slovenian spanish swahili swedish tagalog tamil thai turkish ukrainian urdu vietnamese welsh"""

PROGRAMMING = """bash c c# c++ css dart elixir go golang haskell html java javascript js julia kotlin lua matlab perl
    php powershell python react ruby rust scala sql swift typescript vba"""

_CODE_THINGS = (
    _plurals(
        """function method script program snippet query algorithm endpoint dockerfile makefile component module
        decorator parser crawler scraper webpage website macro app api regex one-liner formula cron"""
    )
    + " class classes code regexes queries quicksort unit terraform cli migration javascript python typescript sql bash"
    " html pseudocode"
)
_TEXT_THINGS = (
    _plurals(
        """story poem haiku limerick sonnet song rap essay email e-mail letter message post article tweet caption slogan
        tagline name idea speech toast blog review bio plan description dialogue dialog scene joke riddle recipe guide
        list example title proposal report resume ad advert newsletter release invitation sentence paragraph
        agenda menu screenplay pun monologue conversation playlist scenario survey checklist metaphor proverb
        syllabus vacation trip workout routine budget caption puzzle phrase text"""
    )
    + " stories lyrics speeches biography biographies itinerary itineraries quiz quizzes advertisement questions"
)
_ITEMS = (
    _plurals(
        """name date email e-mail number amount price url link keyword field value medication drug person organization
        location place product skill quote hashtag citation reference acronym ingredient concept"""
    )
    + " address addresses phone entity entities invoice company companies people json csv key-value quantities terms"
)
_SURELY_CODE = """bash c# c++ css dockerfile golang haskell html java javascript kotlin matlab pandas perl php
    powershell python sql typescript"""
_MATHS = "expression expressions equation equations polynomial polynomials integer integers complex real possible roots"
_REWRITES = "rewrite rephrase reword paraphrase"
_MENDS = """improve polish edit correct fix simplify shorten lengthen expand revise tweak tidy refine enhance clean
    reduce cut trim rework restate redraft smooth"""
_MAKES = (
    "write create make build generate implement develop code program produce provide design give craft prepare show"
)
_COMPOSES = f"{_MAKES} compose draft come brainstorm suggest invent think propose tell list plan outline pen imagine"
_EDITS = f"{_MENDS} {_REWRITES} convert add complete rename fill debug refactor optimize optimise port make change"

RULES_ON_TEXT: tuple[TaskRule, ...] = (
    _rule("summary.verb", "", "summarize summarise sum condense recap tldr distill synthesize boil"),
    _rule("classification.verb", "", "classify categorize categorise label rate decide determine choose select pick"),
    _rule("classification.whether", "", "tell identify predict detect verify find judge say", "if whether", reach=4),
    _rule("explanation.verb", "", "explain describe discuss define prove derive calculate compute solve compare"),
    _rule(
        "summary.noun",
        "",
        f"{_COMPOSES} {_MENDS} turn convert",
        "summary summaries tldr gist synopsis headline key main title",
        reach=9,
    ),
    _rule("classification.or_not", "", _REWRITES, "or", "not", reach=3),
    _rule("classification.same", "", _REWRITES, "mean means", "same"),
    _rule("summary.few_words", "", _REWRITES, "few one two", "words sentence sentences"),
    _rule("maths.expression", "", f"{_MENDS} {_REWRITES} find list identify get return", _MATHS),
    _rule("translation.verb", "translation", "translate"),
    _rule("rewrite.plain", "rewrite", f"{_REWRITES} put say express turn", "plain simple simpler", "english words"),
    _rule(
        "translation.into",
        "translation",
        "put render convert say write rewrite make turn express change",
        LANGUAGES,
        "in to into",
    ),
    _rule(
        "translation.noun",
        "translation",
        "give provide what i write",
        LANGUAGES,
        "translation version word equivalent",
    ),
    _rule("translation.how", "translation", "how", LANGUAGES, "say write spell", "in"),
    _rule("translation.wanted", "translation", "i we can is", "translated", LANGUAGES),
    _rule("translation.please", "translation", "in into to", LANGUAGES, "please", reach=2),
    _rule("translation.what", "translation", "what", LANGUAGES, "in for", "be is mean s", reach=9),
    _rule("code_generation.object", "code_generation", _MAKES, _CODE_THINGS, reach=6),
    _rule("code_generation.language", "code_generation", _MAKES, PROGRAMMING, "in using with"),
    _rule("code_generation.wanted", "code_generation", "i we", "looking need want", _CODE_THINGS, reach=7),
    _rule(
        "code_generation.how", "code_generation", "how", "can could do to would", f"{_SURELY_CODE} c", "in using with"
    ),
    _rule("code_generation.what", "code_generation", "what", "sql regex command query formula", "for to", reach=6),
    _rule("code_edit.verb", "code_edit", "debug refactor"),
    _rule(
        "code_edit.object",
        "code_edit",
        f"{_MENDS} {_REWRITES} convert add complete rename fill optimize optimise port make",
        "code function method class script program query bug snippet loop dockerfile regex unit tests",
    ),
    _rule("rewrite.verb", "rewrite", f"{_REWRITES} proofread copyedit"),
    _rule(
        "rewrite.mend",
        "rewrite",
        _MENDS,
        """this that it my our below following text sentence paragraph grammar spelling wording essay email letter tone
        mistakes clarity punctuation draft""",
    ),
    _rule(
        "rewrite.make",
        "rewrite",
        "make turn",
        "it this that my following text email message",
        "more less sound shorter longer clearer simpler formal concise polite friendlier better professional third",
    ),
    _rule("rewrite.tone", "rewrite", "change adjust adapt", "tone style voice wording tense person"),
    _rule(
        "question.from_text",
        "",
        "extract identify find",
        "answer points main best correct right how theme topic plot",
    ),
    _rule("extraction.verb", "extraction", "extract pull parse scrape"),
    _rule("extraction.tag", "extraction", "tag scan mark highlight locate", _ITEMS, "all any each every"),
    _rule(
        "extraction.all",
        "extraction",
        "list find identify get return output collect name give",
        "all any each every",
        f"{_ITEMS} mentioned",
        "from in of mentioned listed below following text this these his her their into",
    ),
    _rule(
        "extraction.the",
        "extraction",
        "find get give identify",
        _ITEMS,
        "in from",
        "message email letter document invoice article paragraph note notes report receipt contract cv transcript",
    ),
    _rule(
        "extraction.as_data",
        "extraction",
        "identify list find get return output give convert turn put",
        "json csv yaml",
    ),
    _rule("extraction.mentioned", "extraction", "which what who", "are were", "mentioned listed named", "in", reach=6),
    _rule("question.about_text", "", _COMPOSES, "question", reach=8),
    _rule("generation.object", "generation", _COMPOSES, _TEXT_THINGS),
    _rule("generation.wanted", "generation", "i we", "looking need want", _TEXT_THINGS, reach=7),
    _rule("generation.verb", "generation", "compose draft brainstorm invent suggest imagine"),
)

RULES_ON_CODE: tuple[TaskRule, ...] = (
    _rule("explanation.of_code", "", "explain describe summarize summarise predict"),
    _rule("execution.of_code", "", "complete fill", "assertion assert output"),
    _rule(
        "code_generation.new",
        "code_generation",
        "write create generate implement",
        "unit test tests function functions class script program queries query",
        reach=5,
    ),
    _rule(
        "code_edit.of_code",
        "code_edit",
        f"{_EDITS} remove replace review insert translate update implement finish",
    ),
    _rule(
        "code_edit.fault",
        "code_edit",
        "why what there my i this",
        """bug bugs error errors wrong fail fails failing crash crashes throw throws raise raises exception broken work
        works working undefined typeerror off-by-one""",
    ),
)
"""Asked before the others where the ask shows code."""

WORDS_OF_ACTING = _words(
    """add book buy call cancel check close create delete deploy disable enable execute fetch find get look merge modify
    move open order pause pay play post purchase query refund remind remove rename reserve restart run schedule search
    send set show start stop submit transfer turn update upload use wire"""
)
"""Verbs that ask for something to be done or looked up, where tools are offered."""

WORDS_OF_NOW = _words(
    """weather forecast currently latest current today tonight tomorrow afternoon available next stock status balance
    our my we week yesterday yet now price"""
)
"""Words of what only a tool can know: how things stand now, and what is the caller's."""

GREETINGS = _words(
    """hi hii hiya hello hey happy howdy yo good greetings thanks thank thx cheers bye goodbye see lol haha ok okay cool
    nice great welcome wow"""
)
SMALL_TALK_WORDS = GREETINGS | _words(
    """morning afternoon evening night there all everyone again a lot so much very for the your help you tomorrow
    later too that this helped was helpful how are is s it going today doing what up friend to meet new year birthday
    day weekend best a re , - d"""
)
"""A short ask that opens with one of the first and holds only the second is talk."""
