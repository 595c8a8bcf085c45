"""Situations in which people may come to harm, and questions whose answers people act on. Data only."""

from router.core.stakes.rule import Rule, told, unless

_MEDICINE = """
    acetaminophen adderall advil amoxicillin antibiotic antibiotics antidepressant antidepressants aspirin
    benadryl codeine fentanyl gabapentin ibuprofen inhaler insulin lisinopril lithium medication medications
    medicine medicines melatonin metformin methotrexate morphine naproxen oxycodone painkiller painkillers
    paracetamol pill pills prednisone prozac sertraline ssri statin statins tablet tablets tramadol tylenol
    vaccine viagra valium warfarin xanax
"""
_DOSE = """
    dose doses dosage dosages dosing overdose overdosed mg mcg iu milligram milligrams microgram micrograms 0mg
    00mg 000mg 0000mg 0ml 00ml 000mcg 00mcg
"""
_WHO = """
    baby breastfeeding child infant newborn pregnant pregnancy son daughter toddler patient old kid kids dog cat
    grandmother grandfather mother father wife husband
"""
_TAKE = """
    administer combine gave give giving interact interaction interactions mix prescribe stop stopping take
    taking took double skip crush snort swallow swallowed missed forgot
"""
_GAS = "gas propane boiler monoxide methane furnace"
_CHEMICALS = "ammonia antifreeze bleach chlorine lye peroxide pesticide solvent sulfuric acid acetone chloroform"
_NOT_MONEY = """
    birthday business chemical christmas diet equation flash game games greeting graphics leg legs library
    memory playing poem pokemon postcard puzzle report sd sim smile smiles song story thank trading valentine
    video wedding yoga
"""
"""What stands near cards, balances and refunds that are none of money."""

_ELECTRICAL = "breaker breakers electrical fuse mains outlet socket volts voltage wires wiring rewire electrician 000v"

SITUATIONS: tuple[Rule, ...] = (
    told("medical.dosage", _MEDICINE, f"{_DOSE} {_WHO}", 12),
    told("medical.dosage", _DOSE, f"{_TAKE} {_WHO} kg lbs pounds pound", 12),
    told("medical.dosage", "dose doses", "forget forgot miss missed skip skipped daily", 8),
    told("medical.care_question", "effective disposal brand safe", "how storage names take pregnant", 2, 2.9),
    told("medical.taking", _MEDICINE, _TAKE, 6),
    told(
        "medical.acute_symptom",
        """
    bleeding breathless dizzy faint fainted fever hurts lump numb numbness palpitations rash seizure seizures
    swelling swollen vomiting unconscious choking chest stiff slurred paralyzed
""",
        """
    should doctor emergency er hospital worried urgent normal serious breathe pain tightness neck arm face
    speech blood stopped wont wound head cant
""",
        10,
    ),
    told(
        "medical.advice",
        "symptoms diagnosis diagnose rash lump cough headache headaches fever migraine",
        """
    my i should worried doctor normal serious she he causes cause treat treatment
""",
        8,
        3.0,
    ),
    told(
        "safety.suicide", "suicide suicidal", "i me my feel feeling friend he she her him son daughter brother sister"
    ),
    told("safety.self_harm", "myself himself herself themselves", "kill killing hurt hurting harm harming cutting", 3),
    told(
        "safety.swallowed",
        "drank drunk swallow swallowed ingested ate eaten licked sniffed inhaled chewed",
        """
    soap detergent shampoo sanitizer sanitiser cleaner bleach battery batteries magnet magnets coin coins paint glue
    perfume polish remover thinner nicotine vape cigarette cigarettes mothball mothballs pods poison pesticide
    fertilizer fertiliser gasoline petrol kerosene diesel pills tablets medicine vitamins marker crayon silica plastic
    needle pin glass screw mushroom berries
""",
        6,
    ),
    told("safety.ending_a_life", "life", "end ending my", 2, 2.9),
    told(
        "safety.child_in_danger",
        """
    abuse abused choked choking drowned drowning groomed grooming poisoned swallowed unattended
""",
        "baby child children daughter infant kid kids minor newborn son toddler",
        8,
    ),
    told("safety.gas_leak", _GAS, "alarm detector explode explosion fumes hissing leak leaking leaks smell smells"),
    told(
        "safety.chemicals",
        _CHEMICALS,
        """
    breathe breathed combine drank ingest ingested inhale inhaled mix mixed mixing swallowed together drink
    drinking
""",
        6,
    ),
    told(
        "safety.electricity",
        _ELECTRICAL,
        """
    bypass connect diy fix install installing myself replace replacing rewire touch safe safely shock sparks
    sparking
""",
        6,
    ),
    told(
        "safety.structure",
        "beam beams wall scaffold scaffolding balcony joist joists roof",
        """
    remove removing loadbearing bearing collapse collapsing cracks crack sag sagging cut load hold support
""",
        6,
        2.9,
    ),
    told(
        "safety.vehicle",
        "brake brakes steering airbag airbags tyre jack",
        """
    fail failed failing replace bypass disable fade spongy fluid burst soft grinding stuck
""",
        6,
        2.9,
    ),
    told(
        "security.incident",
        "attacker backdoor breached compromised hacked hijacked malware phished phishing ransomware",
        """
    account app application company computer database email laptop network phone server servers site system
    systems website we our my
""",
        8,
    ),
    told(
        "security.vulnerability",
        "cve exploit exploited vulnerability backdoor injection xss",
        """
    system server servers app application network site website code our my patch auth account
""",
        8,
        2.9,
    ),
    told(
        "legal.own_case",
        """
    landlord lawyer attorney lawsuit sue sued suing evict evicted eviction custody deportation divorce
    bankruptcy fired arrested probate patent court
""",
        "i me my we our us can should must liable rights",
        8,
    ),
    told(
        "legal.clause",
        "clause clauses contract indemnity lease nda severance tenancy covenant",
        """
    agreement binding breach cancel confidential disclose draft enforce enforceable indemnify liable negotiate
    obligation obligations party parties review sign signing terminate termination valid void waive waives mean
    liability break
""",
        8,
    ),
    unless(
        told(
            "financial.advice",
            """
    annuity bitcoin bonds crypto etf etfs inheritance invest investing investments ira mortgage pension
    portfolio refinance retirement roth savings stock stocks
""",
            """
    advice allocate best buy deduct my put recommend sell should we worth owe claim
""",
            6,
            3.0,
        ),
        "beef bone broth chicken fish photo photography pot recipe seafood soup stew vegetable wedding",
    ),
    told(
        "financial.account_trouble",
        """
    card payment payments transfer transfers refund cheque deposit withdrawal cash account atm
""",
        """
    activate arrive arrived blocked cancel cancelled declined delivered disputed expired failed fee fees fraud
    fraudulent frozen locked lost missing pending received rejected reversed stolen twice unauthorized
    unrecognized working charged didnt hasnt
""",
        6,
    ),
    unless(
        told(
            "financial.own_account",
            "account accounts card cards pin bill bills salary mortgage payment balance",
            "my our i me your",
            4,
            2.9,
        ),
        _NOT_MONEY,
    ),
    unless(
        told(
            "financial.own_money",
            """
    refund refunds refunded transfers currency currencies fiat funds cards money gbp aud eur deposit deposits
    passcode password pin payments
""",
            "i my your",
            5,
            2.9,
        ),
        _NOT_MONEY,
    ),
    told(
        "financial.identity", "identity id", "verify verified verifying verification prove check proof unable", 5, 2.9
    ),
    told("financial.spending", "spend spent", "how much month week lately recently total", 5, 2.9),
    told("financial.theft", "phone wallet purse bag identity card", "stolen lost mugged robbed steal stole", 6, 2.9),
    told("financial.top_up", "top topping topped", "up ups", 1, 2.9),
)
"""What is told or asked in earnest."""
