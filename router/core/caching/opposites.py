"""Words that are opposites, units of measure, and words of direction. Data only: lower case, accents folded, and of
words of one meaning the one that stands for them in the tables of their language."""

from collections.abc import Mapping
from typing import Final

UNITS: Final[frozenset[str]] = frozenset(
    "kilometre metre centimetre millimetre kilogram gram litre mile pound ounce inch foot celsius fahrenheit "
    "kelvin hour minute second day week month year decade century dollar euro £ yen percent ° c f mph kmh kb "
    "mb gb tb kw kwh watt volt amp yard gallon pint acre hectare ton tonne cup teaspoon tablespoon bit byte "
    "kilometer meter zentimeter kilogramm liter stunde stunden sekunde sekunden tag tage woche wochen monat "
    "monate jahr jahre meile meilen pfund gramm prozent grad tonne zoll kilogramme gramme heure seconde jour "
    "jours semaine mois an ans annee pourcent livre pouce kilometro metro centimetro kilogramo gramo litro "
    "milla hora minuto segundo dia dias semana mes ano anos dolar porciento libra pulgada".split()
)

DIRECTIONS: Final[frozenset[str]] = frozenset(
    "from to into onto before after until since with without than above below over under inside outside through via "
    "von nach zu aus mit ohne vor bis seit uber unter als "
    "depuis avant apres avec sans vers sous sur desde hasta antes despues con sin hacia bajo sobre".split()
)

_PAIRS: Final = """
    increase decrease, raise lower, rise fall, up down, more less, more fewer, most least, maximum minimum, high low,
    higher lower, highest lowest, biggest smallest, big small, larger smaller, bigger smaller, largest smallest, long
    short, longer shorter, longest shortest, tall short, tallest shortest, fast slow, faster slower, fastest slowest,
    first last, early late, earlier later, earliest latest, old new, older newer, older younger, oldest youngest, oldest
    newest, before after, above below, over under, inside outside, in out, with without, from to, enable disable, lock
    unlock, buy sell, borrow lend, open close, begin end, start stop, start end, install uninstall, add remove, add
    delete, create delete, connect disconnect, attach detach, import export, upload download, encrypt decrypt, compress
    decompress, subscribe unsubscribe, follow unfollow, block unblock, mute unmute, hide show, accept decline, accept
    reject, allow forbid, allow deny, allow block, give take, send receive, push pull, push pop, win lose, gain lose,
    love hate, like dislike, hot cold, hotter colder, warm cold, warmer colder, warm cool, heat cool, freeze melt, boil
    freeze, cheap expensive, cheaper pricier, cheapest priciest, good bad, better worse, best worst, safe dangerous,
    safe unsafe, legal illegal, possible impossible, public private, left right, north south, east west, northern
    southern, eastern western, internal external, import export, arrive depart, arrival departure, arrivals departures,
    enter exit, entrance exit, incoming outgoing, inbound outbound, advantage disadvantage, positive negative, male
    female, man woman, men women, boy girl, mother father, husband wife, brother sister, son daughter, uncle aunt, king
    queen, alive dead, born die, born died, deposit withdraw, deposit withdrawal, debit credit, credit_card debit_card,
    profit loss, income expense, asset liability, employer employee, landlord tenant, buyer seller, lender borrower,
    teacher student, doctor patient, upgrade downgrade, ascending descending, horizontal vertical, row column, width
    height, input output, read write, encode decode, include exclude, save delete, save spend, always never, all none,
    everybody nobody, same different, thick thin, thicker thinner, full empty, heavy light, heavier lighter, wet dry,
    wide narrow, deep shallow, strong weak, stronger weaker, strengthen weaken, hard soft, tight loose, acidic alkaline,
    acid base, vein artery, sunrise sunset, morning evening, day night, ancient modern, rich poor, richer poorer,
    richest poorest, gain lose, expand shrink, inhale exhale, single married, zoom unzoom, mount unmount, freeze thaw,
    login logout, hire fire, win lose, succeed fail, pass fail, near far, nearest farthest, hypertension hypotension,
    hyperthyroidism hypothyroidism, hyperglycemia hypoglycemia, erhohen senken, erhohen verringern, mehr weniger, vor
    nach, mit ohne, kaufen verkaufen, aktivieren deaktivieren, sperren entsperren, offnen schliessen, anfangen aufhoren,
    anmelden abmelden, groste kleinste, grosste kleinste, hochste niedrigste, schnellste langsamste, alteste jungste,
    erste letzte, links rechts, hinzufugen loschen, installieren deinstallieren, heiss kalt, gross klein, gut schlecht,
    besser schlechter, hochladen herunterladen, mieter vermieter, kaufer verkaufer, einzahlen abheben, norden suden,
    osten westen, importieren exportieren, steigen fallen, ankunft abfahrt, zunehmen abnehmen, teuerste billigste,
    maximum minimum, uber unter, leihen verleihen, augmenter diminuer, augmenter reduire, plus moins, avant apres, avec
    sans, acheter vendre, activer desactiver, verrouiller deverrouiller, ouvrir fermer, commencer finir, commencer
    arreter, grand petit, premier dernier, premiere derniere, gauche droite, ajouter supprimer, installer desinstaller,
    chaud froid, bon mauvais, meilleur pire, telecharger televerser, nord sud, est ouest, importer exporter, monter
    descendre, monter baisser, arrivee depart, locataire proprietaire, vendeur acheteur, connecter deconnecter, maximal
    minimal, cher pas_cher, vieux jeune, aumentar disminuir, aumentar reducir, subir bajar, mas menos, antes despues,
    con sin, comprar vender, activar desactivar, bloquear desbloquear, abrir cerrar, empezar terminar, grande pequeno,
    mayor menor, primero ultimo, primera ultima, izquierda derecha, agregar eliminar, anadir eliminar, instalar
    desinstalar, caliente frio, bueno malo, mejor peor, norte sur, este oeste, importar exportar, llegada salida,
    inquilino propietario, vendedor comprador, maximo minimo, prestar pedir, enviar recibir, ganar perder, depositar
    retirar
"""


def _opposites() -> Mapping[str, frozenset[str]]:
    opposites: dict[str, set[str]] = {}
    for pair in _PAIRS.replace("\n", " ").split(","):
        one, other = pair.split()
        opposites.setdefault(one, set()).add(other)
        opposites.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in opposites.items()}


OPPOSITES: Final[Mapping[str, frozenset[str]]] = _opposites()
"""Per word its opposites."""
