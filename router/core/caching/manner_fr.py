"""How questions are put in French. Data only; accents are folded."""

from typing import Final

from router.core.caching.manner import Manner, compile_rewrites, heads_of

_N = r"((?:[\w.+#-]+ ){0,4}?[\w.+#-]+)"
_WH = r"(?= (?:comment|que|quoi|qui|ou|quand|pourquoi|quel|quelle|quels|quelles|combien|si|ce) )"
_ONE = r"(?:je|on|nous|j)"

_COURTESIES: Final = (
    (r"(?:(?<=^ )|(?<=, ))(?:bonjour|bonsoir|salut|hello)(?: a tous)?(?: ,)?", ""),
    (r"merci(?: beaucoup| d avance| bien| par avance)*|s il (?:vous|te) plait|svp|stp", ""),
)

_REWRITES: Final = (
    (
        rf"(?:pouvez|pourriez|peux|pourrais) (?:vous|tu) (?:me |nous |m )?(?:dire|expliquer|indiquer|"
        rf"montrer|aider a savoir){_WH}",
        "",
    ),
    (
        rf"(?:dites|dis|expliquez|explique|montrez|montre) moi{_WH}|(?:savez vous|sais tu|"
        rf"quelqu un sait(?: il)?){_WH}|j (?:aimerais|ai besoin de) savoir{_WH}|je (?:voudrais|veux|"
        rf"souhaite|souhaiterais) savoir{_WH}|je me demande{_WH}|je ne sais pas{_WH}",
        "",
    ),
    (r"j ai une (?:petite )?question|excusez moi|excuse moi|pardon|le (?:mot|terme)", ""),
    (
        rf"(?:vous pouvez|vous pourriez|tu peux|tu pourrais) (?:me |nous |m )?(?:dire|expliquer|indiquer|"
        rf"montrer){_WH}",
        "",
    ),
    (r"est ce qu(?:e)?(?= )", "ESTCE"),
    (
        rf"comment (?:ESTCE )?(?:est ce que )?{_ONE} (?:peux|peut|pouvons|pourrais|pourrait|dois|doit)|"
        rf"comment (?:puis|pourrais|peut|pouvons|dois|doit) {_ONE}|comment faire pour|comment|"
        rf"(?:quelle est|quelles sont|quel est) (?:la |les |le )?(?:meilleure |bonne )?(?:facon|maniere|"
        rf"methode|demarche|procedure|etapes|moyen) (?:de|pour|d)|que (?:dois|faut) (?:je|il) faire pour|"
        rf"y a t il (?:un moyen|une facon) (?:de|d)",
        "HOW",
    ),
    (
        rf"(?:ESTCE )?{_ONE} (?:peux|peut|pouvons)|(?:puis|peut|pouvons) {_ONE}|(?:est il|"
        rf"ESTCE c est) possible (?:de|d)|ai je le droit de",
        "CAN",
    ),
    (
        rf"(?:ESTCE )?{_ONE} (?:dois|doit)|(?:dois|doit) {_ONE}|faut il|est il (?:obligatoire|"
        rf"necessaire) (?:de|d)|(?:ESTCE )il faut",
        "MUST",
    ),
    (r"ESTCE", "YN"),
    (
        rf"combien (?:coute|coutent|vaut)(?: t il| t elle)? {_N}(?= $)|quel est le (?:prix|cout|"
        rf"tarif) (?:de|d|du|des) {_N}(?= $)",
        r"PRICE \1 \2",
    ),
    (
        rf"que (?:signifie|veut dire) {_N}(?= $)|quelle est la (?:signification|definition) (?:de|d|"
        rf"du) {_N}(?= $)|qu YN {_N} (?:signifie|veut dire)",
        r"MEANING \1 \2 \3",
    ),
    (r"pour quelle raison", "pourquoi"),
    (r"a quelle heure|quelle heure", "quand"),
    (
        r"(?:quel est le nombre d habitants|quelle est la population) (?:de|a|du|d|en)|"
        r"combien (?:d habitants|de personnes) (?:vivent|habitent|y a t il|compte|a)(?: a| en| au| dans)?",
        "population",
    ),
    (
        r"qu YN que(?: c est que)?|qu est ce que(?: c est que)?|c est quoi|quel est|quelle est|quels sont|"
        r"quelles sont",
        "quel",
    ),
    (r"ou (?:puis|peut|pourrais) (?:je|on)(?: trouver)?|ou trouver|ou se trouve", "ou"),
    (r"mots? de passe", "motdepasse"),
    (r"e mail|courriel|mail", "email"),
    (r"(?:me|se) connecter|s identifier|m identifier", "connecter"),
    (r"etait|etaient|a ete", "PAST"),
)

_GROUPS: Final = """
    acheter acquerir
    supprimer effacer
    modifier changer
    annuler resilier
    commencer debuter demarrer
    reparer
    activer allumer
    desactiver eteindre
    obtenir recevoir
    facture
    telephone portable smartphone
    voiture auto automobile
    photo image
    medecin docteur
    reinitialiser
    colis paquet
    remboursement
    entreprise societe
    rapidement vite
    utiliser employer
    creer
    kilometre km kilometres
    metre metres
    centimetre cm centimetres
    kilogramme kg kilo kilos kilogrammes
    litre litres
    heure heures h
    minute minutes
    euro euros eur €
    dollar dollars $
    pourcent %
    et &
    avocat
    appartement logement
    vacances conge
    necessaire requis
    autorise permis
    difficile dur
    livraison expedition
"""

_ONES: Final = (
    "zero _ deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dixsept "
    "dixhuit dixneuf"
).split()
_TENS: Final = dict(zip(range(20, 70, 10), "vingt trente quarante cinquante soixante".split(), strict=True))

_COMMON: Final = frozenset(
    """
    abonnement adresse aeroport anniversaire bagage bibliotheque calendrier carte commande compte connexion
    facture garantie hopital imprimante langue livraison message ordinateur paiement passeport produit rendez
    reservation restaurant signature telephone traduire utilisateur virement
    """.split()
)
"""Words that are often mistyped, none of which is one slip away from a rarer one."""

MANNER: Final = Manner(
    courtesies=compile_rewrites(_COURTESIES),
    about_words=frozenset(
        (
            "dit traduire traduis signifie ecrit mot anglais allemand espagnol italien portugais russe grec turc "
            "chinois japonais arabe latin"
        ).split()
    ),
    rewrites=compile_rewrites(_REWRITES),
    dropped=frozenset("le la les l un une du des d de est sont ce ne n c se s".split()),
    heads=heads_of(_GROUPS, ("", "s")),
    binders=frozenset(
        "en dans sur a au aux pour avec sans chez par depuis pendant avant apres jusqu entre vers sous si quand "
        "lorsque parce que qu".split()
    ),
    persons={
        word: person
        for person, words in {
            "I": "je j me m moi mon ma mes nous notre nos on",
            "you": "tu te t toi ton ta tes vous votre vos",
            "he": "il son sa ses lui elle leur leurs ils elles",
        }.items()
        for word in words.split()
    },
    asks=frozenset(
        "comment que quoi qui ou quand pourquoi quel quelle quels quelles combien HOW CAN MUST YN PRICE MEANING".split()
    ),
    denials=frozenset("pas jamais rien personne aucun aucune sans ni non".split()),
    common=_COMMON,
    numbers={
        **{word: str(value) for value, word in enumerate(_ONES) if value != 1},
        **{word: str(value) for value, word in _TENS.items()},
        "cent": "100",
        "mille": "1000",
    },
)
