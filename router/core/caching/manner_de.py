"""How questions are put in German. Data only; accents are folded, so that umlauts have lost their dots."""

from typing import Final

from router.core.caching.manner import Manner, compile_rewrites, heads_of

_N = r"((?:[\w.+#-]+ ){0,3}?[\w.+#-]+)"
_WH = r"(?=(?: ,)? (?:wie|was|wer|wo|wann|warum|welche[rsnm]?|ob|wohin|woher|wieviel) )"
_ONE = r"(?:ich|man|wir|du|sie|ihr)"

_COURTESIES: Final = (
    (r"(?:(?<=^ )|(?<=, ))(?:hallo|hi|guten (?:tag|morgen|abend)|servus|moin)(?: zusammen)?(?: ,)?", ""),
    (
        r"(?:vielen |besten |herzlichen )?dank(?: im voraus| schon mal)?|danke(?: schon| im voraus|"
        r" schon mal)*",
        "",
    ),
    (r"bitte|mal|denn|eigentlich|genau|einfach", ""),
)

_REWRITES: Final = (
    (
        rf"(?:konnen|konnten|konntest|kannst|wurden|wurdest) (?:sie|du|ihr) (?:mir |uns )?(?:sagen|"
        rf"erklaren|zeigen|verraten|helfen){_WH}",
        "",
    ),
    (
        rf"(?:kann|konnte) (?:mir |uns )?(?:jemand|einer)(?: mir| uns)? (?:sagen|erklaren|zeigen|"
        rf"helfen){_WH}",
        "",
    ),
    (
        rf"(?:weiss|weisst|wissen) (?:jemand|du|sie|ihr){_WH}|ich (?:mochte|wurde gerne?|wollte|"
        rf"will) (?:gerne? )?wissen{_WH}|(?:ich )?(?:frage mich|weiss nicht){_WH}|(?:sag|sagen sie|erklar|"
        rf"erklare|erklaren sie|zeig|zeige|zeigen sie) (?:mir|uns){_WH}",
        "",
    ),
    (r"(?:ich habe|hatte) (?:mal )?eine (?:kurze )?frage(?: zu)?|(?:kurze |eine )frage", ""),
    (
        rf"wie (?:kann|konnte|muss|soll) {_ONE}|auf welche weise kann {_ONE}|was muss ich tun um|"
        rf"wie ist es moglich|(?:welche|was fur) (?:moglichkeiten?|schritte) (?:gibt es|sind notig) um|"
        rf"wie geht man vor um",
        "HOW",
    ),
    (r"wie (?:ich|man|wir) ((?:[\w.+#-]+ ){0,8}?[\w.+#-]+) (?:kann|konnte|muss|soll)(?= $| ,)", r"HOW \1"),
    (r"(?:das wort|der begriff)", ""),
    (r"gibt es (?:eine|irgendeine) moglichkeit", "HOW"),
    (rf"(?:kann|darf|konnte) {_ONE}|ist es (?:moglich|erlaubt|gestattet)", "CAN"),
    (rf"(?:muss) {_ONE}|ist es (?:notig|notwendig|erforderlich|pflicht)|bin ich verpflichtet", "MUST"),
    (rf"(?:soll|sollte|sollten) {_ONE}", "SHOULD"),
    (
        rf"(?:was|wie ?viel) kostet {_N}|wie (?:hoch|teuer) (?:ist|sind) (?:der preis|die kosten|"
        rf"das) (?:von|fur) {_N}|wie teuer ist {_N}|was ist der preis (?:von|fur) {_N}",
        r"PRICE \1 \2 \3 \4",
    ),
    (
        rf"was bedeutet {_N}(?= $)|was heisst {_N}(?= $)|was versteht man unter {_N}(?= $)|"
        rf"was ist die bedeutung von {_N}(?= $)",
        r"MEANING \1 \2 \3 \4",
    ),
    (r"aus welchem grund|weshalb|wieso|weswegen", "warum"),
    (r"um (?:wie ?viel uhr|welche uhrzeit)|zu welcher uhrzeit", "wann"),
    (r"wie viele? (?:menschen|einwohner|leute) (?:leben|wohnen|hat|gibt es)(?: in)?", "einwohnerzahl"),
    (r"wie (?:hoch|gross) ist die (?:einwohnerzahl|bevolkerung) von", "einwohnerzahl"),
    (r"wo (?:finde|bekomme|erhalte) ich|wo (?:kann|konnte) (?:ich|man)", "wo"),
    (r"e mail", "email"),
    (r"wi fi", "wifi"),
    (r"(?<=^ )(?:ist|sind)", "YN"),
    (r"war|waren|wurde|wurden", "PAST"),
)

_GROUPS: Final = """
    kaufen erwerben
    loschen entfernen
    andern verandern wechseln
    kundigen
    zurucksetzen
    anfangen beginnen starten
    reparieren
    aktivieren einschalten anschalten
    deaktivieren ausschalten abschalten
    finden auffinden
    bekommen erhalten kriegen
    rechnung
    handy smartphone mobiltelefon
    auto wagen pkw
    foto bild
    arzt doktor
    passwort kennwort
    anmelden einloggen
    abmelden ausloggen
    registrieren
    paket sendung
    ruckerstattung erstattung
    firma unternehmen
    mitarbeiter angestellter
    schnell rasch
    benutzen verwenden nutzen
    erstellen anlegen
    fernseher tv
    kilometer km
    meter
    zentimeter cm
    kilogramm kg kilo
    liter
    stunde stunden std
    minute minuten
    euro eur €
    dollar $
    prozent %
    und &
    anwalt rechtsanwalt
    wohnung apartment
    urlaub ferien
    notwendig notig erforderlich
    erlaubt gestattet
    schwierig schwer
"""

_NUMBERS: Final = (
    "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
_TENS: Final = dict(
    zip(range(20, 100, 10), "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split(), strict=True)
)

_COMMON: Final = frozenset(
    """
    adresse adressen anleitung antrag arbeit bestellung bibliothek drucker einstellungen fahrrad flughafen
    garantie geburtstag gutschein hauptstadt kalender konto krankenhaus kreditkarte kundendienst lieferung
    mitgliedschaft nachricht passwort rechnung reparatur reservierung sprache steuererklarung termin uberweisung
    unterschrift unterkunft verbindung versand versicherung vertrag wahrung zahlung
    """.split()
)
"""Words that are often mistyped, none of which is one slip away from a rarer one."""

MANNER: Final = Manner(
    courtesies=compile_rewrites(_COURTESIES),
    about_words=frozenset(
        (
            "sagt heisst bedeutet ubersetze ubersetzen schreibt wort englisch franzosisch spanisch italienisch "
            "polnisch russisch griechisch turkisch danisch schwedisch japanisch chinesisch latein"
        ).split()
    ),
    rewrites=compile_rewrites(_REWRITES),
    dropped=frozenset("der die das den dem des ein eine einen einem einer eines ist sind es".split()),
    heads=heads_of(_GROUPS),
    binders=frozenset(
        "in im an am auf fur von vom aus zum zur mit ohne bei beim nach vor wahrend bis seit zwischen durch uber unter "
        "wenn falls weil als um zu".split()
    ),
    persons={
        word: person
        for person, words in {
            "I": "ich mich mir mein meine meinen meinem meiner meines wir uns unser unsere unseren unserem",
            "you": "du dich dir dein deine deinen deinem deiner",
            "he": "er ihn ihm sein seine seinen seinem seiner",
        }.items()
        for word in words.split()
    },
    asks=frozenset(
        "wie was wer wen wem wo wann warum welche welcher welches welchen welchem wohin woher wieviel HOW CAN MUST "
        "SHOULD YN PRICE MEANING".split()
    ),
    denials=frozenset("nicht kein keine keinen keinem keiner nie niemals niemand nichts ohne weder noch".split()),
    common=_COMMON,
    numbers={
        **{word: str(value) for value, word in enumerate(_NUMBERS)},
        **{word: str(value) for value, word in _TENS.items()},
        **{
            f"{'ein' if one == 1 else _NUMBERS[one]}und{tens_word}": str(tens + one)
            for tens, tens_word in _TENS.items()
            for one in range(1, 10)
        },
        "hundert": "100",
        "tausend": "1000",
    },
)
