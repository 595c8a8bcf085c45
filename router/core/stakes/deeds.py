"""Things done to data, systems, accounts and money: verbs with their objects. Data only."""

from msgspec.structs import replace

from router.core.stakes.rule import Rule, asked, begun, particle, passive, told, words_of

DATA = """
    tickets prices messages posts comments articles images videos originals sessions receipts orders
    record records row rows entry entries table tables database databases db schema schemas collection
    collections index indexes indices data dataset datasets file files folder folders directory directories log
    logs backup backups snapshot snapshots archive archives volume volumes disk disks drive drives partition
    partitions bucket buckets blob blobs mailbox mailboxes inbox emails mails messages history repo repos
    repository repositories branch branches tag tags commits release filesystem keyspace cache caches queue
    queues topic topics attachments documents photos invoices secrets keys document storage dump dumps keystore
    upload uploads column columns artifact artifacts ledger registry home laptop laptops phone phones hard usb
    ssd server servers device devices config configuration configurations everything thing dataset's wiki pages
    site website domain dns certificates changes stash
"""
SYSTEMS = """
    server servers instance instances vm vms machine machines node nodes pod pods namespace namespaces cluster
    clusters container containers deployment deployments service services stack stacks environment environments
    production prod staging vpc vpcs network networks router routers switch switches host hosts daemon replicas
    replica database databases db primary connections sessions job jobs pipeline pipelines workers
    infrastructure tenant app application gateway datacenter loadbalancer ec0 lambda lambdas function functions
    resources website site api mainframe plant turbine pump reactor grid system systems fleet
"""
PEOPLE = """
    account accounts user users customer customers employee employees subscriber subscribers subscription
    subscriptions tenant tenants workspace workspaces organisation organization organisations organizations
    contact contacts client clients patient patients profile profiles licence licences license licenses
    membership memberships member members team teams project projects admin admins colleague contractor partner
    partners group groups lead leads vendor vendors supplier suppliers order orders booking bookings contract
    contracts policy policies lease shipment shipments
"""
LIVE = "production prod live main master trunk customers everyone users customer"

_DELETE = """
    delete invalidate erase wipe purge truncate destroy obliterate nuke shred expunge unlink scrub zap trash deprovision
    decommission uninstall annihilate overwrite rid discard empty flush eradicate clear remove prune incinerate
    vaporize vaporise demolish del reformat expire unpublish
"""
_DELETED = """
    deleted erased wiped purged truncated destroyed obliterated nuked shredded expunged unlinked scrubbed
    trashed decommissioned uninstalled overwritten discarded emptied flushed cleared removed pruned gone dropped
"""

HARMLESS_OBJECTS = """
    word words sentence sentences paragraph paragraphs comma commas letter letters character characters line
    lines string strings element elements item items list lists array arrays duplicates noise stain stains
    duplicate kitchen dining coffee dinner picnic pool wooden essay text vowel vowels punctuation spaces
    whitespace adjective adverbs adjectives title decimal fraction number digits smile lights carpet throat
    markdown node background image picture bullet section slide slides emoji emojis name names attention wine
    habits linked dictionary html csv json spreadsheet cell example clue patterns pattern pokemon quotation
    quotes parentheses hyphen hyphens draft conversation typo typos accents toxins weeds rust paint sauce
"""
"""Objects that nobody misses: a deed done to one is harmless, whatever follows."""


MASS = "all every everything everyone entire whole"
"""Words that make any object one to be missed."""

_WIPING = words_of(
    "delete erase wipe purge destroy obliterate nuke expire cancel revoke terminate unpublish deactivate"
)


def _done(name: str, verbs: str, objects: str, reach: int = 7) -> Rule:
    """A deed asked for, unless it is done to something harmless."""
    rule = replace(asked(name, verbs, objects, reach), harmless=words_of(HARMLESS_OBJECTS))
    return replace(rule, mass=words_of(MASS)) if rule.leads & _WIPING else rule


_ASKED: tuple[Rule, ...] = (
    _done("destructive.delete_data", _DELETE, f"{DATA} {SYSTEMS}"),
    passive("destructive.delete_data", _DELETED, f"{DATA} {SYSTEMS}"),
    _done("destructive.delete_account", _DELETE, PEOPLE),
    passive("destructive.delete_account", _DELETED, PEOPLE),
    _done(
        "destructive.drop",
        "drop",
        """
    table tables database databases schema schemas column columns index indexes collection collections db
    constraint view keyspace partition partitions rows records backups topic namespace bucket production prod
""",
    ),
    _done(
        "destructive.stop_system",
        """
    kill terminate stop shut reboot restart halt suspend drain destroy tear scale bring blow restarting poweroff
    unplug disconnect isolate throttle
""",
        f"{SYSTEMS} service connection",
        6,
    ),
    passive(
        "destructive.stop_system", "killed terminated stopped shut rebooted restarted halted suspended drained", SYSTEMS
    ),
    _done(
        "destructive.cancel",
        "cancel terminate void close suspend deactivate annul dissolve revoke disable block ban",
        PEOPLE,
    ),
    passive(
        "destructive.cancel", "cancelled canceled terminated voided closed suspended deactivated banned blocked", PEOPLE
    ),
    _done(
        "destructive.format_disk",
        "format reformat repartition",
        "disk drive partition volume ssd usb dev sda sdb sd hard card nvme drives disks",
        5,
    ),
    _done("destructive.factory_reset", "factory", "reset wipe", 1),
    _done(
        "destructive.overwrite",
        "overwrite replace restore merge rollback revert reset rebase import roll push commit",
        f"{LIVE} database databases table tables snapshot dump",
    ),
    _done(
        "destructive.deploy_production",
        """
    deploy flip toggle enable release roll ship rollout promote
    publish migrate push run apply upgrade update patch alter modify
    change switch edit execute hotfix launch
""",
        LIVE,
    ),
    passive("destructive.deploy_production", "deployed released shipped rolled migrated pushed upgraded patched", LIVE),
    _done("destructive.run_migration", "run apply execute start", "migration migrations ddl rollback failover", 5),
    _done(
        "destructive.fire_person", "fire dismiss lay sack", "employee employees staff team contractor worker workers", 5
    ),
    _done(
        "destructive.mass_message",
        "send email mail text message notify post blast broadcast fire",
        """
    subscribers customers everyone users clients patients employees recipients public press
""",
    ),
    asked(
        "financial.move_money",
        """
    transfer reverse put wire send pay move withdraw deposit charge donate remit reimburse payout lend borrow loan give
    advance disburse tip debit credit
""",
        """
    dollars euros pounds usd eur gbp chf yen bitcoin btc eth crypto money funds cash savings salary salaries
    invoice invoices bill bills iban rent mortgage deposit fee fees payment payments wages bonus bonuses
    supplier landlord balance account checking bucks grand payroll $0 $00 $000 $0000 $00000 $000000 000usd loan
    ransom tax taxes k million
""",
        9,
    ),
    passive(
        "financial.move_money",
        "transferred wired paid withdrawn charged remitted reimbursed refunded",
        "dollars euros money invoice invoices funds rent bill bills salary account order orders amount",
    ),
    asked(
        "financial.refund",
        "refund reimburse chargeback issue process give",
        """
    refund refunds order orders payment payments customer purchase money $0 $00 $000 chargeback credit cheque
    check invoice invoices
""",
    ),
    asked(
        "financial.trade",
        "sell buy trade short liquidate invest purchase exercise hedge rebalance cash convert",
        """
    shares stock stocks bonds etf etfs bitcoin btc eth ethereum crypto options futures portfolio holdings
    position positions contracts fund funds tesla nvda aapl apple gold treasury house securities units calls
    puts
""",
    ),
    asked(
        "financial.payroll",
        "run process approve submit start execute release",
        """
    payroll salaries payout payouts payment payments loan mortgage transaction transactions invoice invoices
    wages settlement
""",
    ),
    asked(
        "security.weaken",
        """
    disable bypass turn open expose allow remove uninstall deactivate whitelist skip lower weaken stop switch
    kill circumvent disarm unlock override
""",
        """
    firewall mfa 0fa authentication antivirus port ports encryption ssl tls waf audit auditing alarm alarms
    lockout defender selinux captcha whitelist ssh security factor verification monitoring lock locks door doors
    sandbox cors csrf logging safety interlock
""",
    ),
    passive(
        "security.weaken",
        "disabled bypassed deactivated exposed opened",
        """
    firewall mfa 0fa authentication antivirus port ports encryption security alarm audit
""",
    ),
    asked(
        "security.grant_access",
        """
    give grant assign add make elevate promote escalate provision let enable set allow remove revoke change
    update
""",
        """
    admin administrator root sudo permissions permission privileges privilege rights superuser owner ownership
    iam access role roles credentials public acl policy
""",
    ),
    asked(
        "security.credentials",
        """
    reset rotate revoke share send email publish paste leak crack steal dump expose change print show commit
    store upload post decrypt guess bypass regenerate export copy mail text destroy
""",
        """
    password passwords passphrase credential credentials secrets token tokens pin apikey certificate
    certificates keys key keystore vault secret
""",
    ),
    asked(
        "security.share_data",
        "export share send upload publish leak forward copy",
        "customer customers patient patients salaries ssn confidential employees personal",
        5,
    ),
    asked("legal.act", "send void backdate alter forge terminate", "contract agreement nda lease deed", 5),
    asked("financial.buy", "book purchase buy order reserve", "dollars euros refundable nonrefundable $000 $0000", 9),
    asked("security.grant_access", "strip", "permissions permission rights role access privileges", 6),
    asked(
        "security.grant_access",
        "create make add invite",
        "administrator admin iam root superuser inbound ingress public",
    ),
    asked(
        "safety.physical_control",
        "open close unlock start stop disable override shut release raise lower",
        """
    valve valves breaker breakers reactor turbine ventilator brake brakes gate gates pump pumps interlock
    furnace boiler elevator crane cooling
""",
        5,
    ),
    asked(
        "medical.prescribe",
        "prescribe administer inject dispense titrate refill order",
        """
    medication medications drug drugs mg ml dose insulin opioid opioids patient antibiotics morphine
    prescription units warfarin
""",
        8,
    ),
    asked(
        "legal.act",
        "sign file submit sue evict serve subpoena waive settle accept approve reject",
        """
    contract contracts lawsuit complaint agreement nda lease tenant landlord motion appeal will patent claim
    settlement application visa divorce deed resignation
""",
    ),
)
DEEDS: tuple[Rule, ...] = (
    *_ASKED,
    *(begun(rule) for rule in _ASKED if rule.polarity == "asked"),
    particle("destructive.stop_system", "down off offline", f"{SYSTEMS} rack"),
)
"""What somebody asks to be done, in every form of the verb."""

COMMANDS: tuple[Rule, ...] = (
    asked("destructive.shell_command", "rm rmdir del rd", "rf fr r f force recursive recurse s q tmp var", 4),
    asked("destructive.shell_command", "mkfs wipefs fdisk parted shred dd", "dev ext0 if u sda disk of n", 4),
    asked("destructive.shell_command", "kubectl helm", "delete uninstall drain scale apply rollout", 4),
    asked("destructive.shell_command", "terraform tofu pulumi cdk", "destroy apply", 4),
    asked("destructive.shell_command", "docker podman", "prune rm rmi kill", 4),
    asked("destructive.shell_command", "aws gcloud az gsutil", "rm rb terminate delete purge remove", 6),
    asked("destructive.shell_command", "find", "delete exec", 12),
    asked("destructive.shell_command", "redis flushall flushdb", "flushall flushdb cli", 3),
    asked("destructive.force_push", "push", "force f hard", 3),
    asked("destructive.force_push", "force", "push pushes pushed", 3),
    asked("destructive.force_push", "git", "force hard fdx mirror prune", 4),
    asked("destructive.database_command", "delete", "from", 1),
    asked("destructive.database_command", "truncate drop", "table database schema column user", 1),
    asked("destructive.database_command", "update", "set", 3),
    asked("destructive.database_command", "alter", "table database role user", 1),
    told("security.shell_command", "chmod chown iptables ufw setenforce", "000 r 0000 disable f root", 3),
)
"""What a shell or a database would do at once."""
