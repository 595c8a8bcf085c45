"""How questions are put in English. Data only."""

from typing import Final

from router.core.caching.manner import Manner, compile_rewrites, heads_of
from router.core.caching.synonyms_en import COMMON, GROUPS, NUMBERS

_ASKED = r"(?:i|you|we|one)"
_FIRST = r"(?:(?<=^ )|(?<=, ))"
_TELL = r"(?:tell|show|explain|teach|advise|guide|walk|help|let|inform)"
_NOUNS = r"((?:[\w.+#-]+ ){0,3}?[\w.+#-]+)"
_WH = r"(?:how|what|which|who|whom|whose|when|where|why|whether|if)"

_COURTESIES: Final = (
    (
        r"(?:(?<=^ )|(?<=, ))(?:hi|hello|hey|good (?:morning|afternoon|evening))"
        r"(?: there| everyone| all| team| folks)?(?: ,)?",
        "",
    ),
    (
        r"(?:many )?thanks(?: a lot| so much| very much| in advance| again)*|thank you(?: so much|"
        r" very much| in advance)*|cheers",
        "",
    ),
    (r"please|pls|plz|kindly", ""),
)

_REWRITES: Final = (
    # Contractions.
    (r"(what|who|where|how|when|why|that|there|here|it|he|she) s", r"\1 is"),
    (r"i m|im", "i am"),
    (r"(i|we|you|they) (?:ve|have) got", r"\1 have"),
    (r"i d like|i would love", "i would like"),
    (r"cannot|cant|can t", "can not"),
    (r"wont|won t", "will not"),
    (r"(do|does|did|is|are|was|were|has|have|had|would|could|should|must)n ?t", r"\1 not"),
    (r"(i|we|you|they|he|she|it) (?:ll)", r"\1 will"),
    (r"whats", "what is"),
    (r"hows", "how is"),
    (r"wheres", "where is"),
    (r"whos", "who is"),
    (r"(?<=^ )(?:so|well|ok|okay|and|but|also|now|um)(?: ,)?", ""),
    # What is said around a question.
    (r"(?:just )?(?:a )?(?:quick|simple|short) question", ""),
    (r"(?:sorry|excuse me|pardon)(?: to bother you| for bothering you)?(?: ,| but)*", ""),
    (r"i (?:have|had|ve) a question(?: about)?", ""),
    (
        r"i (?:really )?(?:would like|want|wanted|need|wish|am trying|am looking|"
        r"was hoping)(?: you)? to (?:know|learn|understand|find out|figure out|ask)(?: you)?(?: about)?",
        "",
    ),
    (
        r"(?:i am|i was|just) (?:wondering|curious)(?: to know| about)?(?= (?:how|what|which|who|when|"
        r"where|why|if|whether) )",
        "",
    ),
    (
        r"help(?: me| us)?(?: out)?(?: with this)?(?= $)|i (?:really )?need (?:some |"
        r"your )?help(?: with this| here)?(?: ,)?(?= (?:how|what|which|who|when|where|why) )",
        "",
    ),
    (r"(?:just )?(?:wondering|asking|curious)(?: ,)?(?= (?:how|what|which|who|when|where|why) )", ""),
    (r"the (?:word|term|phrase|expression)", ""),
    (r"(?:i am )?not sure(?= (?:how|what|which|who|when|where|why) )", ""),
    (r"i (?:do not|dont) know(?= (?:how|what|which|who|when|where|why) )", ""),
    (
        rf"{_FIRST}(?:(?:do|does|would|might) (?:you|anyone|anybody|someone|"
        rf"somebody) (?:happen to )?(?:know|have any idea|have an idea)(?: about)?)",
        "TELL",
    ),
    (r"(?:any|an) idea(?= (?:how|what|which|who|when|where|why) )", ""),
    (rf"{_FIRST}(?:(?:would|do) you mind (?:telling|showing|explaining)(?: to)?(?: me| us)?)", "TELL"),
    (
        rf"{_FIRST}(?:(?:can|could|would|will|may) (?:you|anyone|anybody|someone|somebody)(?: be able to|"
        rf" possibly| perhaps| maybe| quickly| briefly)* {_TELL}(?: to)?(?: me| us)?(?: know| understand|"
        rf" through| out| with)*)",
        "TELL",
    ),
    (rf"{_FIRST}(?:can i (?:ask|know|find out)(?= {_WH} )|may i (?:ask|know)(?= {_WH} ))", "TELL"),
    (
        rf"{_FIRST}(?:(?:tell|show|teach|remind) (?:me|us)(?= {_WH} )|(?:explain|clarify|"
        rf"describe)(?: to)?(?: me| us)?(?= {_WH} )|let (?:me|us) know(?= {_WH} )|help (?:me|"
        rf"us) (?:understand|to understand|figure out|find out)(?= {_WH} ))",
        "TELL",
    ),
    (r"TELL (?:if|whether)", "YN"),
    (r"TELL", ""),
    # Ways and steps.
    (
        rf"how (?:do|can|could|would|might|may|does|shall) {_ASKED} (?:go about|be able to|manage to|best|"
        rf"properly|correctly|actually)?(?= )",
        "HOW",
    ),
    (rf"how (?:do|can|could|would|might|does) {_ASKED}", "HOW"),
    (
        r"(?:what|which) (?:is|are|would be) (?:the |a |an )?(?:best |easiest |right |correct |proper |"
        r"simplest |recommended |good |usual )?(?:ways?|methods?|procedures?|process|"
        r"steps?)(?: for me)? (?:to|for|of|in order to)",
        "HOW",
    ),
    (
        r"what (?:steps|actions)? ?(?:do|should|must) i (?:need to |have to )?(?:do|take|"
        r"follow)(?: in order)? to",
        "HOW",
    ),
    (r"what do i (?:need|have) to do (?:in order )?to", "HOW"),
    (r"is there (?:a|any|some) (?:way|method|option|possibility)(?: for me| for us)? (?:to|of|for)", "HOW"),
    (
        r"(?:what is|tell me|show me|give me|explain)? ?(?:the )?(?:steps|procedure|process|instructions|"
        r"way) (?:to|for|of)",
        "HOW",
    ),
    (r"(?:i am|we are) (?:trying|looking|hoping) to", "HOW"),
    (r"i (?:want|need|would like|wish|have) to(?: be able to)?", "HOW"),
    (
        r"help (?:me|us)(?: to)?(?! with)|i (?:need|want|would like)(?: some)? (?:help|assistance) (?:to|"
        r"with|in)?",
        "HOW",
    ),
    (r"how (?:i|we|you|one) (?:can|could|should|might|would|do|would be able to)", "HOW"),
    (r"how to", "HOW"),
    (r"HOW (?:HOW )+", "HOW "),
    # Being able, allowed, obliged.
    (r"where (?:do|can|could|would|should|might) (?:i|we|you|one) (?:find|locate)", "where find"),
    (r"where (?:do|can|could|would|might) (?:i|we|one)", "where"),
    (r"(?:am|is|are) (?:it |i |we |one )?(?:possible|able|allowed|permitted) (?:for me |for us )?to", "CAN"),
    (
        r"do (?:i|we|you) (?:have|need|got) to|(?:am|are) (?:i|we|you) (?:required|obliged|obligated) to|"
        r"(?:must|need) (?:i|we)|is it (?:necessary|required|mandatory|obligatory|"
        r"compulsory)(?: for me)? to",
        "MUST",
    ),
    (
        r"(?:can|could|may) not (?:i|we|you)|(?:am|are) (?:i|we|you) (?:unable|not able) to|(?:i|"
        r"we) (?:am|are) (?:unable|not able) to|(?:i|we) can not",
        "CANNOT",
    ),
    (r"(?:can|could|may|might) (?:i|we|one)", "CAN"),
    (r"(?:ought|am i supposed|are we supposed) to|should (?:i|we|one)|is it (?:recommended|advisable) to", "SHOULD"),
    (rf"(?:do|does|is|are|will|has|have) not {_NOUNS} (?:work|working|function|functioning)", r"\1 BROKEN"),
    (rf"(?:is|are) {_NOUNS} not (?:working|functioning)", r"\1 BROKEN"),
    (
        r"(?:is|are|do|does|will) not (?:work|working|function|functioning)(?: anymore| any more|"
        r" properly)?|not working|stopped working",
        "BROKEN",
    ),
    # Facts that are asked for in more than one way.
    (
        rf"how much (?:do|does|would|will|is|are) {_NOUNS} (?:costs?)|what (?:do|does|would|"
        rf"will) {_NOUNS} costs?",
        r"PRICE \1 \2",
    ),
    (
        rf"(?:what is|what are|how much is) the (?:price|prices|cost|costs) (?:of|for) {_NOUNS}(?= $| ,|"
        rf" in | at | per )",
        r"PRICE \1",
    ),
    (r"(?:what is|what are|how much is|how high is) the (?:price|prices|cost|costs) (?:of|for)", "PRICE"),
    (rf"how old is {_NOUNS}(?= $| ,)", r"what is age of \1"),
    (rf"how (?:tall|high) is {_NOUNS}(?= $| ,)", r"what is height of \1"),
    (rf"how (?:long) is the {_NOUNS}(?= $| ,)", r"what is length of \1"),
    (rf"how (?:heavy) is {_NOUNS}(?= $| ,)|how much does {_NOUNS} weigh", r"what is weight of \1 \2"),
    (rf"how (?:deep) is {_NOUNS}(?= $| ,)", r"what is depth of \1"),
    (
        r"how many (?:people|inhabitants|residents) (?:live|are there|are living|reside|does)(?: in)?",
        "what is population of",
    ),
    (rf"how many (?:people|inhabitants) does {_NOUNS} have", r"what is population of \1"),
    (r"who (?:is|was) the (?:author|writer) of", "who wrote"),
    (r"who (?:is|was) the inventor of", "who invented"),
    (r"who (?:is|was) the (?:painter) of", "who painted"),
    (r"who (?:is|was) the (?:discoverer) of", "who discovered"),
    (r"who (?:is|was) the (?:founder) of", "who founded"),
    (r"who (?:is|was) the director of", "who directed"),
    (
        r"(?:by whom was|who was) ((?:[\w'-]+ ){1,5})(written|painted|invented|discovered|founded|"
        r"directed) by",
        r"who \2 \1",
    ),
    (r"by whom was ((?:[\w'-]+ ){1,5}?)(written|painted|invented|discovered|founded|directed)", r"who \2 \1"),
    (r"who written", "who wrote"),
    (
        rf"what does {_NOUNS} stand for|what is {_NOUNS} short for|what is the full form of {_NOUNS}(?= $|"
        rf" ,)",
        r"STANDS \1 \2 \3",
    ),
    (
        rf"what does {_NOUNS} mean|what is meant by {_NOUNS}(?= $| ,| in )|what is the (?:meaning|"
        rf"definition) of {_NOUNS}(?= $| ,| in )|define {_NOUNS}(?= $| ,| in )",
        r"MEANING \1 \2 \3 \4",
    ),
    (rf"explain how {_NOUNS} works", r"how does \1 work"),
    (r"(?:at )?what time", "when"),
    (r"what is the reason (?:that|why)|for what reason|how come", "why"),
    (r"(?:in )?(?:what|which) place", "where"),
    (r"(?:what|which) (?:city|town) is the capital", "what is capital"),
    (
        rf"what (?:are|is) the (?:main |key )?differences? between {_NOUNS} and {_NOUNS}(?= $| ,)|"
        rf"how (?:do|does|is|are) {_NOUNS} (?:differ|different) from {_NOUNS}(?= $| ,)|"
        rf"compare {_NOUNS} (?:and|with|to) {_NOUNS}(?= $| ,)",
        r"DIFFERENCE \1 \3 \5 / \2 \4 \6",
    ),
    (rf"why (?:do|does) {_NOUNS} (?:happen|occur|form|exist)(?= $| ,)", r"CAUSE \1"),
    (
        rf"what causes {_NOUNS}(?= $| ,)|what (?:is|are) the (?:causes?|reasons?) (?:of|for|"
        rf"behind) {_NOUNS}(?= $| ,)",
        r"CAUSE \1 \2",
    ),
    (r"(?:opening|business|office|working) (?:hours|times)|hours of operation", "openinghours"),
    # Words that are two, and verbs with a preposition.
    (
        r"(?:log|sign|logging|signing) (?:in|on|into)(?: to)?|logging on|log on(?: to)?|login(?: to)?|"
        r"signin(?: to)?",
        "login",
    ),
    (r"(?:log|sign|logging|signing) (?:out|off)|signout|logoff", "logout"),
    (r"(?:sign|signing) up(?: for)?|signup", "register"),
    (r"(?:register|enroll|enrol)(?:ing)? (?:for|in|with|on)", "register"),
    (r"(?:turn|switch|turning|switching) on", "enable"),
    (r"(?:turn|switch|turning|switching|shut) off", "disable"),
    (rf"(?:turn|switch) {_NOUNS} on(?= $| ,| on | in | for )", r"enable \1"),
    (rf"(?:turn|switch) {_NOUNS} off(?= $| ,| on | in | for )", r"disable \1"),
    (r"set up|setting up|setup", "configure"),
    (r"get rid of|getting rid of", "remove"),
    (r"back up|backing up", "backup"),
    (r"get in touch with|get hold of|reach out to|speak to|speak with|talk to", "contact"),
    (r"work out|working out|figure out", "calculate"),
    (r"look for|search for", "search"),
    (r"find out", "learn"),
    (r"(?:cell|mobile|smart) ?phones?", "phone"),
    (r"wi fi", "wifi"),
    (r"e mail", "email"),
    (r"web ?site", "website"),
    (r"(?:the )?united states(?: of america)?|(?:the )?u s a?|(?:the )?usa", "unitedstates"),
    (r"(?:the )?united kingdom|(?:the )?uk|great britain", "unitedkingdom"),
    (r"customer (?:service|support|care)(?: team)?", "customerservice"),
    (r"money back", "refund"),
    (r"web page", "webpage"),
    (r"a lot of|lots of", "many"),
    (r"in order to", "to"),
    (r"pass away|passed away", "died"),
    (r"take place", "happen"),
    (r"credit ?card", "creditcard"),
    (r"pros and cons", "advantages and disadvantages"),
    (r"signs of", "symptoms of"),
    (r"right now|at the moment|currently|at present|these days|nowadays", ""),
    (r"([\w.-]+) s (\w+)(?= $| (?:in|on|at|for|to|with|,) )", r"\2 of \1"),
    (r"what (?:is|are)", "what"),
    (r"what (?:was|were)", "what PAST"),
    (r"(?:(?<=^ )|(?<=, ))(?:is|are|am|do|does)", "YN"),
    (r"did|was|were", "PAST"),
    (r"(?:is|are|am) ((?:[\w-]+ ){0,3})going to", r"FUTURE \1"),
    (r"will|shall", "FUTURE"),
    (r"(\d[\d:.]*) (?:am|a\.m)", r"\1 antemeridiem"),
    (r"(\d[\d:.]*) (?:pm|p\.m)", r"\1 postmeridiem"),
)

MANNER: Final = Manner(
    courtesies=compile_rewrites(_COURTESIES),
    about_words=frozenset(
        (
            "say saying said translate translation spell mean means meaning word words phrase pronounce pronounced "
            "write called english french german spanish italian portuguese dutch polish russian greek turkish "
            "arabic hebrew hindi chinese mandarin japanese korean thai latin swedish danish norwegian finnish "
            "czech hungarian vietnamese"
        ).split()
    ),
    rewrites=compile_rewrites(_REWRITES),
    dropped=frozenset("a an the is are am be do does just really actually exactly simply basically any".split()),
    heads=heads_of(GROUPS, ("", "s", "ing")),
    binders=frozenset(
        "in on at for from to with without by after before during until since between through into onto via under over "
        "if when while because unless than as using near towards despite".split()
    ),
    persons={
        word: person
        for person, words in {
            "I": "i me my mine myself we us our ours ourselves",
            "you": "you your yours yourself",
            "he": "he him his himself",
            "she": "she her hers herself",
            "they": "they them their theirs themselves",
        }.items()
        for word in words.split()
    },
    asks=frozenset(
        (
            "how what which who whom whose when where why HOW "
            "CAN CANNOT MUST SHOULD YN PRICE MEANING STANDS DIFFERENCE CAUSE"
        ).split()
    ),
    denials=frozenset("not no never none nothing nobody without neither nor CANNOT BROKEN".split()),
    common=COMMON,
    numbers=NUMBERS,
)
