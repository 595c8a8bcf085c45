"""The deeds: what somebody may ask to be done to data, systems, accounts, money, people and things. Data only."""

from msgspec.structs import replace

from router.core.stakes import objects as done_to
from router.core.stakes import verbs as doing
from router.core.stakes.rule import DECISIVE, Deed, Grasp, Rule, finding, words_of

_NOTHING: frozenset[bytes] = frozenset()
_ANYTHING = (
    done_to.DATA
    | done_to.SYSTEMS
    | done_to.LIVE
    | done_to.PEOPLE
    | done_to.MONEY
    | done_to.GUARDS
    | done_to.RIGHTS
    | done_to.MEDICAL
    | done_to.LEGAL
    | done_to.PHYSICAL
    | done_to.TRADED
)


def _deed(name: str, verbs: frozenset[bytes], objects: frozenset[bytes], grasp: Grasp = "named") -> Deed:
    return Deed(finding(name, DECISIVE), verbs, objects, grasp)


def _phrasal(name: str, verbs: str, particles: str, grasp: Grasp = "pointed") -> Deed:
    return Deed(finding(name, DECISIVE), words_of(verbs), _ANYTHING, grasp, words_of(particles))


UNNAMED = Deed(
    finding("destructive.unnamed_deed", DECISIVE),
    _NOTHING,
    done_to.SYSTEMS
    | done_to.LIVE
    | done_to.GUARDS
    | done_to.RIGHTS
    | done_to.MEDICAL
    | done_to.PHYSICAL
    | words_of(
        """
            db database databases payment payments invoice invoices funds backups customers employees budget column
            columns
        """
    ),
    "named",
)
"""What a verb that no rule knows is done to, where it opens a sentence."""

AGREED = finding("destructive.agreed_deed", DECISIVE)
"""A deed that an assistant asks leave for and is told to do."""

DEEDS: tuple[Deed, ...] = (
    _deed("destructive.delete_data", doing.DESTROY, done_to.DATA, "any"),
    _deed("destructive.delete_account", doing.DESTROY | words_of("remove"), done_to.PEOPLE),
    _deed("destructive.drop", words_of("drop truncate"), done_to.DATA),
    Deed(finding("destructive.end", DECISIVE), doing.END_IT, _ANYTHING, "pointed", mass=done_to.MASS),
    _deed("destructive.remove", words_of("remove"), _ANYTHING),
    _deed("destructive.cancel", words_of("cancel terminate void close revoke suspend"), done_to.PEOPLE),
    _deed("destructive.stop_system", doing.STOP, done_to.SYSTEMS | done_to.PHYSICAL | done_to.MASS),
    _deed("destructive.factory_reset", words_of("factory"), words_of("reset wipe")),
    _deed(
        "destructive.format_disk",
        words_of("format"),
        words_of("disk disks drive drives partition volume ssd usb dev sda sdb sd hard card nvme"),
    ),
    _phrasal("destructive.stop_system", "turn switch", "off offline"),
    _phrasal("destructive.stop_system", "shut power spin wind", "off down"),
    _phrasal("destructive.stop_system", "take bring pull knock", "down offline"),
    _phrasal("destructive.end", "get", "rid"),
    _phrasal("destructive.cancel", "call", "off"),
    _phrasal("destructive.stop_system", "take", "service"),
    _deed("destructive.start_a_deed", doing.BEGIN, done_to.UNDERTAKINGS),
    Deed(finding("destructive.do_it", DECISIVE), doing.OUTRIGHT, _NOTHING, "named", mass=words_of("it them")),
    _phrasal("destructive.end", "throw blow zero", "away out"),
    _phrasal("destructive.end", "clean clear tear cut strip rip log", "out away off down"),
    _phrasal("destructive.end", "lay kick", "off out"),
    _deed(
        "destructive.overwrite",
        words_of("import merge overwrite rebase replace reset restore revert rollback"),
        done_to.LIVE | words_of("dump snapshot"),
    ),
    _phrasal("destructive.overwrite", "roll fail", "back over out forward"),
    _phrasal("destructive.deploy_production", "get", "out live", "named"),
    _phrasal("destructive.deploy_production", "push roll take make go ship put turn switch", "live"),
    _deed("destructive.deploy_production", doing.CHANGE | words_of("push put bring apply let"), done_to.LIVE),
    _deed(
        "destructive.change_system",
        doing.CHANGE | words_of("apply"),
        done_to.SYSTEMS
        | words_of(
            """
                migration migrations rollback failover database databases db disk disks drive drives dump snapshot
                backup playbook schema mx cname
            """
        ),
    ),
    _deed(
        "destructive.change_accounts",
        doing.CHANGE | doing.PEOPLE_ENDS,
        done_to.PEOPLE - words_of("account appointment plan plans policy policies"),
    ),
    _deed(
        "destructive.press_it",
        words_of("hit press click smash"),
        words_of("approve buy confirm delete deploy emergency publish sell send stop submit"),
    ),
    _deed("destructive.publish", words_of("publish broadcast tweet"), done_to.CHANNELS, "pointed"),
    _deed("safety.cut_off", words_of("cut kill shut disconnect"), words_of("electricity gas power supply water")),
    _deed(
        "destructive.mass_message",
        doing.SPEAK,
        words_of(
            """
                customers clients everyone everybody subscribers users patients employees recipients donors members
                students residents voters followers staff public press investors all every whole entire company team
            """
        )
        | done_to.CHANNELS,
    ),
    Deed(finding("destructive.sweeping_change", DECISIVE), doing.SWEEPING, _NOTHING, "named", mass=done_to.MASS),
    _deed(
        "financial.refund",
        words_of("refund reimburse chargeback"),
        done_to.MONEY | done_to.PEOPLE | words_of("order orders"),
    ),
    _deed("financial.move_money", doing.MONEY_MOVES, done_to.MONEY),
    _deed(
        "financial.trade",
        words_of(
            """
                sell buy trade short liquidate invest purchase exercise hedge rebalance cash convert dump close swap
                put place unwind cover market
            """
        ),
        done_to.TRADED,
    ),
    _deed("financial.change_prices", doing.PRICES, done_to.MONEY - words_of("account deposit checking bill card")),
    _deed(
        "security.weaken",
        doing.STOP | doing.END_IT | words_of("bypass override remove weaken relax open lower strip"),
        done_to.GUARDS,
    ),
    _deed("security.grant_access", doing.ACCESS, done_to.RIGHTS),
    _deed(
        "destructive.fire_person",
        words_of("fire dismiss sack"),
        done_to.PEOPLE | words_of("effective today him her them"),
    ),
    _deed(
        "financial.buy",
        words_of("order buy purchase procure"),
        words_of(
            """
                000 0000 00000 boxes cartons cases company express licences licenses pallets pcs seats supplier
                tickets tons tonnes units
            """
        ),
    ),
    _deed("financial.bid", words_of("bid wager bet"), words_of("0 00 000 $0 $00 $000 k on")),
    _deed(
        "security.credentials",
        doing.SECRETS,
        words_of(
            """
                password passwords passphrase credential credentials secrets token tokens pin apikey certificate
                certificates key keys keystore vault secret passcode ssn
            """
        ),
    ),
    _deed(
        "security.share_data",
        words_of("export share send upload publish leak forward copy email post dump"),
        words_of(
            """
                customer customers patient patients salaries ssn ssns confidential employees personal payroll
                database medical
            """
        ),
    ),
    _deed("medical.treat", doing.TREAT, done_to.MEDICAL),
    _deed("legal.act", doing.BIND, done_to.LEGAL),
    Deed(
        finding("safety.numbered_thing", DECISIVE),
        words_of(
            """
                open close shut unlock lock disarm arm trip vent drain flood stop start reboot restart release
                isolate accelerate climb descend
            """
        ),
        _NOTHING,
        "named",
        mass=words_of("0 00 000"),
    ),
    _deed("safety.physical_control", doing.OPERATE, done_to.PHYSICAL),
)
"""What somebody asks to be done."""

GONE = Rule(
    finding("destructive.wanted_gone", DECISIVE),
    doing.DONE,
    done_to.DATA | done_to.SYSTEMS | done_to.PEOPLE | done_to.RIGHTS,
    9,
    0,
)
"""What somebody wants to see done."""


def _pasts(verb: bytes) -> list[bytes]:
    """The spellings that the past of a verb may have."""
    stem = verb[:-1] if verb.endswith(b"e") else verb
    return [stem + b"ed", stem + stem[-1:] + b"ed", *_IRREGULAR.get(verb, ())]


def _gerunds(verb: bytes) -> list[bytes]:
    """Both ways in which a gerund may be spelt: one of them is no word, and harms nobody."""
    stem = verb[:-1] if verb.endswith(b"e") and not verb.endswith(b"ee") else verb
    return [stem + b"ing", stem + stem[-1:] + b"ing"]


def _begun(deed: Deed) -> Deed:
    """The same, asked for with the gerunds of its verbs."""
    return replace(deed, verbs=frozenset([form for verb in deed.verbs for form in _gerunds(verb)]))


def _ended(deed: Deed) -> Deed:
    """The same, told as done with the past of its verbs."""
    return replace(deed, verbs=frozenset([form for verb in deed.verbs for form in _pasts(verb)]))


_IRREGULAR = {
    b"cut": (b"cut",),
    b"give": (b"gave", b"given"),
    b"pay": (b"paid",),
    b"put": (b"put",),
    b"sell": (b"sold",),
    b"send": (b"sent",),
    b"set": (b"set",),
    b"shut": (b"shut",),
    b"buy": (b"bought",),
    b"withdraw": (b"withdrew", b"withdrawn"),
}
ENDED: tuple[Deed, ...] = tuple(map(_ended, DEEDS))
"""The deeds as somebody tells that they were done, or would be glad of them: "if you terminated the lease"."""

BEGUN: tuple[Deed, ...] = tuple(map(_begun, DEEDS))
"""The deeds as somebody begins with them: "go ahead with deleting"."""
