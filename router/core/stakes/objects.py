"""What deeds are done to, by the trade it belongs to, and what nobody misses. Data only."""

from router.core.stakes.rule import words_of

DATA = words_of(
    """
    archive archives artifact artifacts attachments backup backups blob blobs branch branches bucket buckets cache
    caches certificates changes collection collections column columns comments commit commits data database
    databases dataset datasets db directories directory disk disks documents drive drives dump dumps emails entries
    entry file files filesystem folder folders history images inbox inboxes index indexes indices keyspace keystore
    ledger log logs mail mailbox mailboxes mails messages originals partition partitions photos posts queue queues
    receipts record records recordings registry release repo repos repositories repository row rows schema schemas
    secrets snapshot snapshots stash storage table tables tag tags tickets topics trash upload uploads videos volume
    volumes wiki issues
"""
)
SYSTEMS = words_of(
    """
    api apps application applications box cluster clusters config configuration configurations connections container
    containers controller daemon daemons datacenter datacenters deployment deployments device devices dns domain ec0
    endpoint endpoints environment environments feature firmware flag fleet function functions gateway gateways grid
    host hosts infrastructure instance instances job jobs lambda lambdas laptop laptops link links loadbalancer
    machine machines mainframe mesh meters middleware namespace namespaces network networks nginx node nodes phones
    pipeline pipelines pod pods postgres proxy queue rack racks record records redis release replica replicas
    resources router routers rule rules scheduler server servers service services session sessions site sites stack
    stacks store storefront crm plc pr prs cloud switch switches system systems tenant tenants terraform vm vms vpc
    vpn webhook webhooks website workers workspace workspaces load balancer process processes portal hotfix build
    builds canary
"""
)
LIVE = words_of("production prod live main master trunk everyone everybody public worldwide fleetwide")
PEOPLE = words_of(
    """
    account accounts admin admins applicant applicants booking bookings candidate candidates client clients
    colleague colleagues contact contacts contractor contractors customer customers donors employee employees
    employment group groups guests household lead leads licence licences license licenses member members membership
    memberships organisation organisations organization organizations partner partners patient patients plan plans
    policies policy profile profiles project projects recipients residents seats staff students subscriber
    subscribers subscription subscriptions supplier suppliers team teams tenancy tenant tenants users user vendor
    vendors workspace appointment appointments meetings interview surgeries surgery shift shifts crew workforce
"""
)
MONEY = words_of(
    """
    account amount balance bill bills bitcoin bonus bonuses btc bucks budget budgets cash cents checking chf
    commission cost credit crypto debit deposit deposits discount dollars donation donations eth ethereum eur euro
    euros expense expenses fee fees fund funds gbp grand iban invoice invoices k limit loan loans margin million
    money mortgage payment payments payout payouts payroll pension pounds raise price prices pricing purchase quid
    rate rates refund refunds rent reports salaries salary savings tax taxes tip transaction transactions transfer
    transfers usd usdc usdt wage wages wire yen $0 $00 $000 $0000 $00000 $000000 $0k 0k 00k 000k 0m ransom premium
    chargeback cheque deductible surcharge
"""
)
TRADED = words_of(
    """
    apple aapl bonds btc calls contracts crypto etf etfs eth ethereum fund funds futures gold holdings options
    portfolio position positions puts securities share shares stock stocks tesla treasury tsla nvda nvidia units lot
    market limit bitcoin solana warrants everything stake
"""
)
GUARDS = words_of(
    """
    0fa alarm alarms alert alerts antivirus audit auditing authentication badge badges camera cameras captcha cors
    csrf defender detection detector detectors edr encryption factor filter firewall interlock interlocks lock locks
    lockout logging mfa port ports protection rule rules safeguard safeguards sandbox selinux sensor sensors ssh ssl
    sso tls verification waf whitelist allowlist blocklist
"""
)
RIGHTS = words_of(
    """
    access acl admin administrator authorisation authorization badge certificate certificates clearance credential
    credentials iam ingress key keys owner ownership password permission permissions port privilege privileges
    public rights role roles root sudo superuser token tokens whitelist allowlist 0fa mfa
"""
)
MEDICAL = words_of(
    """
    antibiotics apixaban basal bolus chemo dosage dose doses dosing drip drug drugs heparin infusion insulin iv meds
    medication medications medicine methadone metoprolol mg mcg ml morphine opioid opioids oxycodone oxygen patient
    patients pill pills pt prednisone prescription prescriptions sedation titration transfusion units vaccine
    vancomycin ventilator warfarin 0mg 00mg 000mg 0000mg amoxicillin lisinopril metformin fentanyl propofol naloxone
    levothyroxine discharge
"""
)
LEGAL = words_of(
    """
    affidavit bid bids agreement agreements appeal application brief charges claim claims complaint consent contract
    contracts court deed divorce eviction filing lawsuit lease motion nda notice offer patent petition plea proposal
    resignation guilty settlement subpoena summons testament trademark visa waiver will envelope tender
"""
)
PHYSICAL = words_of(
    """
    actuator arm axis barrier boiler brake brakes breaker breakers burner car centrifuge chlorine compressor
    conveyor cooling crane door doors dosing drone elevator engine feeder forklift furnace garage gate gates
    generator heater heating inverter kiln laser lift line machine mill motor oven pipeline plant pressure pump
    pumps reactor relay robot rotor setpoint signal sirens spindle sprinklers station sterilizer substation tank
    temperature thermostat throttle building train turbine valve valves vehicle ventilation vents freezer fridge
"""
)
CHANNELS = words_of("twitter linkedin facebook instagram press media newsletter blog homepage tiktok youtube reddit x")

UNDERTAKINGS = words_of(
    """
    cancellation cutover decommissioning deletion demolition deployment eviction failover layoff layoffs liquidation
    migration payout purge reboot refund refunds rollback rollout shutdown surgery takeover termination wipe withdrawal
"""
)
HARMLESS = words_of(
    """
    accents adjective adjectives adverbs alphabet answer answers appetizer array arrays attention background bed
    blanks boredom bracket brackets bug bugs bullet bullets carpet chapter character characters clause clauses
    clichés clue clutter coefficient coffee comma commas comment conclusion confusion constant conversation couch
    csv curtains decimal denominator denominators dictionary digit digits dining dinner docstring doubt doubts
    dragon dripping dupes duplicate duplicates duplication element elements emoji emojis equation essay example
    exercise exponent factor filler fluff font formatting fraction fractions fruit grammar guess gum habit
    habits haiku headline headlines html hyphen hyphens intro introduction item items jargon json kitchen lamp
    letter letters lights light line lines list lists logo kids lyrics markdown matrix mistakes mood mould music names
    nouns noise null nulls number numbers outline outliers paint paragraph paragraphs parentheses passive pattern
    patterns phrase phrases picnic picture pokemon pool punctuation question questions quotation quote quotes radio
    recipe redundancy redundant repetition rust sauce scene section sentence sentences signature slide slides smile
    snippet spaces stain stains stanza stopwords string strings stuffing style summary syllable syllables symbols
    synonyms table's tags tense text throat title titles tone toxins tv typo typos unit values variable variables
    vegetables verb verbs verse volume vowel vowels watermark weeds whitespace wine wish wooden word words wording x
    y zeros spreadsheet formula column's bathroom dishes wrinkles anxiety fear fears stress belly hiccups parameter
    parameters import imports nan blemishes blemish reminder reminders playlist timer reservation reservations
    carrots onions onion cheese grocery groceries todo shopping fan tune object objects term terms shadow shadows
    glare node linked heading headings pronouns page pages step steps tab minutes hours tips reasons ideas
"""
)
"""Objects that nobody misses: a deed done to one is harmless, whatever follows."""

PLACES = words_of(
    """
    answer array article code csv draft email equation essay expression following formula function html image json
    letter list markdown message paragraph passage photo picture poem query reply response script sentence sentences
    snippet spreadsheet story string summary text texts tweet cv resume transcript dictionary review url abstract
"""
)
GIVEN = words_of("this these my your")
GIVEN_HERE = words_of("following given pasted below above")
"""A deed done to something in one of `PLACES` that is `GIVEN`, or to a place that is `GIVEN_HERE`, is harmless."""

PRONOUNS = words_of("it them that this these those")
"""What stands for an object that was named before."""

MASS = words_of("all every everything everyone everybody entire whole each any anyone anybody both")
"""Words that make any object one to be missed."""

POINTERS = MASS | words_of(
    """
    a an the his her its my our your their whatever anything 0 00 000 0000 00000 old stale unused expired inactive
    this that these those
"""
)
"""Words that open an object: a verb before one is a verb, and no noun."""
