"""Small words that tell English from other languages in Latin letters. Data only: lower case, accents folded."""

from typing import Final

ENGLISH: Final[frozenset[str]] = frozenset(
    """
    a about after all am an and any are as at be because been before being but by can could did do does each few for
    from had has have he her here him his how i if in into is it it's its just may me might more most must my no nor
    not of off on once only or other our out over own same shall she should since so some such than that the their them
    then there these they this those through to too under until up upon us very was we were what when where which while
    who whom whose why will with would you your please give tell make write find let's don't can't i'm what's
    """.split()
)

_GERMAN = """
    der das und ist nicht ein eine einen einem einer eines fur auf von dem des zu zum zur ich du er sie wir ihr wie wo
    warum wenn aber oder auch nach bei aus uber kann konnen wird werden mein meine meinen mir mich dir dich bitte welche
    welcher welches sich als dass noch nur schon sehr
"""
_FRENCH = """
    le la les un une des du de et est dans que qui pas avec sont il elle nous vous je tu mon ma mes ton ce cette ces au
    aux ou mais donc comment pourquoi quel quelle quels quelles c'est qu'est j'ai d'un d'une n'est leur leurs etre
"""
_SPANISH = """
    el la los las un una unos unas de del es en que por para con como cual cuales donde cuando su sus mi mis lo al mas
    pero este esta estos son quien puede puedo necesito muy porque hay
"""
_OTHERS = """
    il gli di della delle che non sono come quale dove perche nel nella alla questo questa anche sia piu
    os um uma dos das em na nao seu sua meu minha voce isso pelo qual sao ao
    het een van dat niet voor zijn hoe ik je wat waar ook naar om te aan hij deze wordt kunnen
    och att det som inte jag ett av har vad hur till og ikke jeg hvad hvordan hvor til
    nie jest sie jak czy dla oraz ze przez ktory
    bir ve bu icin nasil nedir ile olan
    dan yang untuk apa ini itu dengan bagaimana adalah
    si este cu pentru care sunt
    az egy hogy nem ja ei etta
"""

FOREIGN: Final[frozenset[str]] = frozenset(" ".join((_GERMAN, _FRENCH, _SPANISH, _OTHERS)).split()) - ENGLISH
"""Words that English does not have, or hardly ever uses."""
