"""The words by which an order is told from talk. Data only.

Somebody who wants a thing done says nothing between the beginning of a clause and the verb but a *run-up*: "please",
"could you", "go ahead and", "I want you to". A negation, a question word, "if", "he" or "the" is no part of one, so
that what is denied, asked about, supposed or told, and what is a noun, need no rule of their own.
"""

from router.core.stakes.folding import COMMA, END
from router.core.stakes.objects import HARMLESS, PLACES
from router.core.stakes.rule import words_of

_POLITE = words_of(
    """
    please pls plz plse kindly just now also ok okay okey k hey hi hello yes yep yeah sure right alright immediately
    first next finally again asap simply quickly actually dear assistant sudo thanks thx thank bot computer agent
    bulk mass batch auto yo npm pip apt yum brew cargo psql mysql go ahead so well still tonight today tomorrow
    already
"""
)
NO_ADVERBS = words_of("apply comply family fly imply july multiply only rely reply supply assembly")
_WISHES = words_of(
    """
    i we you u want need needs wanna gonna would like love ill id im lets let us me help can could will should must
    have has got gotta to going do able time try wish be ready supposed its youll
"""
)
RUN_UP = _POLITE | _WISHES
BEGS = words_of("please pls plz plse kindly")
"""What begins an order wherever it stands, so that no words before it can hide what it begs for."""

TURNS = words_of("then afterwards afterward after once subsequently")
JOINS = words_of("and or but plus & n")
LEAVES = words_of(
    "permission approval authorisation authorization authorized authorised decided welcome instructed time"
)
"""What gives leave "to delete it"."""

MODALS = words_of("can could may might would will should shall must do does did have has")
NOT_YOU = words_of("i we he she they it one")
WILL, ORDERING = words_of("will ill"), words_of("you u need want like have go")
DO_IT = [b"do", b"it"]
STRAY = words_of("i we you u it its have has got im")
"""What a run-up cannot end with: "we ship" tells what is usual, "I have cut" what was."""

TALK = words_of(
    """
    explain describe define translate summarise summarize proofread rewrite rephrase reword paraphrase write compose
    suggest spell classify compare discuss outline illustrate correct title caption name recommend implement teach
    draft extract identify categorize categorise imagine pretend suppose review refactor debug convert brainstorm
    tldr sum shorten simplify polish critique evaluate analyze analyse interpret estimate calculate compute simulate
    preview demonstrate elaborate clarify generate create design sketch advise format fix improve edit complete
    continue document annotate lint say tell
"""
)
"""Verbs of answers: what follows one is what an answer is about."""

WORKS = words_of("fix improve edit complete continue create generate document format convert design implement correct")
"""Those of them that may be done to the world as well as to a text."""

TEXT_WORK = WORKS | words_of("add adapt change drop insert make port put remove replace turn underline wrap")
TEXTS = HARMLESS | PLACES | words_of("comments sql type types function script query command")

REWORDED = words_of(
    """
    translate rewrite rephrase reword proofread paraphrase spell pronounce summarise summarize shorten correct
    classify polish fix tldr improve edit simplify sum label extract condense
"""
)
UNTOLD = words_of("translate rewrite rephrase reword proofread paraphrase spell pronounce shorten")
"""Tasks that make no difference to the words that they are done to."""

ASKED_ABOUT = words_of("who which what why when where whose wheres whats how hows whos if whether is are was")
WANTED = words_of("should must be get gets getting need needs want wants gone have see being")
WISHED = words_of("sure ensure need want id")
BEGINNINGS = words_of("with start begin mind proceed continue finish resume commence about try by")
NEGATIONS = words_of(
    "not dont never without avoid cannot cant mustnt wont wouldnt didnt doesnt shouldnt isnt arent nobody"
)
LIGHT = words_of(
    """
    story stories poem poems haiku novel screenplay lyrics joke jokes fiction fictional limerick sonnet villain
    synonym synonyms antonym meaning means mean definition plural grammatical idiom phrase crossword pun rhyme
    etymology movie film films movies album song songs chess videogame caption hypothetically scrabble dungeon
    dragon goblin roleplay stanza riddle tale fairytale plot protagonist anagram sitcom
"""
)
"""Words of fiction and of talk about words: what stands in a sentence with one is not in earnest."""

FOLLOWING = words_of("this these following given below above")
IMPERATIVES_OF_WORK = words_of(
    "free make save reclaim finish ssh connect go use take work tidy resolve solve try log sign call"
)
"""What may open the sentence in which another thing is to be done."""

OPTIONS = words_of("a b c d e f g h i j")
WEIGHED = words_of("vs versus")
AT_ONCE = words_of("pasting running executing piping")
STRAIGHT = words_of("straight immediately second directly blindly instantly")


NO_DEEDS = (
    TALK
    | ASKED_ABOUT
    | TURNS
    | words_of(
        """
            about above according across after against all along although am among an and another any are as assume
            at be because before behind being below beside between both but by choose compared concerning consider
            contrary count derive despite determine differentiate during each either even every except find follow
            following for from get graph guess half has have having he her here hers his if in include including
            inside instead into integrate is it its know learn let like list look many match mention more most much
            my near neither no nor not note of off on once one only onto or our out outside over own per pick plot
            predict prove quote read recall regarding remember remind report round search see select several shall
            she show since solve some somebody someone sort state study such take than that the their them then
            there these they think this those though through throughout till to toward towards under understand
            unlike until up upon use using verify versus via view watch we were while will with within without
            yesterday your check book call order keep make play teach plan add slow rollover need want set confirm
            secure
        """
    )
)
"""What opens a sentence and is no verb of a deed: function words, and verbs of thinking, looking and answering."""

NO_VERB_ENDINGS = (b"s", b"ing", b"ed", b"lly", b"tion", b"ment", b"ity")

ADVERB = b"ly"
TO = b"to"
OPENERS = RUN_UP | LEAVES | TURNS | JOINS | {END, COMMA}
