"""The words that cues are made of, in groups. Data only.

Words stand here as `scoring` folds them: lower case, punctuation to spaces, every digit to `0`, so that `$5,000`
reads `$0 000`, `500mg` reads `000mg` and `x^2` reads `x^0`.
"""


def _amounts(prefixes: str, suffixes: str) -> str:
    """Every folded number of one to six digits between one of the prefixes and one of the suffixes (`-`: none)."""
    return " ".join(
        f"{prefix.strip('-')}{'0' * digits}{suffix.strip('-')}"
        for digits in range(1, 7)
        for prefix in prefixes.split()
        for suffix in suffixes.split()
    )


GROUPS: dict[str, str] = {
    # medicine
    "medicine": """acetaminophen adderall advil amoxicillin antibiotic antibiotics antidepressant antidepressants
        antihistamine aspirin benadryl chemotherapy codeine digoxin drug drugs epinephrine epipen fentanyl gabapentin
        heparin ibuprofen inhaler insulin levothyroxine lisinopril lithium melatonin metformin methotrexate morphine
        medication medications medicine medicines naproxen oxycodone painkiller painkillers paracetamol pill pills
        prednisone prozac sertraline ssri statin statins supplement supplements tablet tablets tramadol tylenol
        vaccine vaccines valium warfarin xanax""",
    "dose": "dose doses dosage dosages dosing overdose overdosed titrate",
    "dose_unit": f"mg mcg ml iu milligram milligrams microgram micrograms cc {_amounts('-', 'mg mcg ml iu')}",
    "intake": "take taking took give giving gave administer inject prescribe prescribed mix combine stop stopping",
    "vulnerable": """baby breastfeeding child infant kidney kidneys liver newborn old patient patients pregnancy
        pregnant son daughter toddler dialysis""",
    "body_weight": f"kg kilo kilos lbs pounds {_amounts('-', 'kg lb lbs')}",
    "symptom": """ache bleeding breathless cough dizziness dizzy faint fainted fever headache headaches lump migraine
        nausea numb numbness pain palpitations rash seizure seizures swelling swollen vomiting""",
    "decide": """call can dangerous emergency er hospital normal now safe safely serious should urgent wait worried
        worry doctor""",
    "condition": """anemia arthritis asthma cancer carcinoma dementia diabetes disease diseases disorder disorders
        epilepsy fracture hepatitis hypertension infection infections leukemia lymphoma melanoma pneumonia sclerosis
        stroke surgery syndrome syndromes tumor tumors tumour""",
    "care": """cause causes cure diagnose diagnosed diagnosis genetic inherited mortality outcome outcomes outlook
        patients predict prevent prevention prognosis research risk survival symptoms therapy treat treated treatment
        treatments what""",
    "therapy": "diagnosed inherited prognosis symptoms treatment treatments therapy clinical patients surgery",
    "clinical": "clinical clinician doctor hospital medical nurse nurses pharmacist pharmacy physician triage",
    # law
    "clause": """agreement agreements clause clauses contract contracts covenant indemnity lease liability nda
        severance tenancy warranty""",
    "legal_act": """binding breach breached confidential counterparty disclose draft enforce enforceable governed
        indemnify liable negotiate obligated obligation parties party provide provides review sign signed signing
        terminate terminated termination violate violates waive waives""",
    "law": """attorney bail bankruptcy copyright court courts custody deportation divorce employment eviction gdpr
        hipaa immigration landlord law laws lawsuit lawyer legal legally patent probate statute tenant tort trademark
        visa illegal judgment jurisdiction""",
    "own_case": "i me my we our us should can must sue sued suing evict evicted fired arrested liable rights",
    "litigant": "plaintiff plaintiffs defendant defendants claimant appellant petitioner respondent",
    "court": "court damages judge jury jurisdiction liable negligence tort claim statute motion alleges sued",
    # money
    "move": """charge charged deposit deposited pay paid payment payments refund refunded send transfer transferred
        transferring transfers wire withdraw withdrawal withdrawing""",
    "money": f"""account accounts atm balance bank card cash credit dollars euros funds money salary savings debit
        cheque fee bill rent mortgage recipient beneficiary swift iban usd eur gbp {_amounts("$ € £", "-")}""",
    "bank": "atm bank banking card cards checking debit iban mastercard routing savings swift visa account pin",
    "account_trouble": """activate apr arrive blocked cancel declined deliver delivery disputed exchange expired fee
        fees fraud fraudulent freeze frozen interest limit locked lost missing new pending pin rate rejected statement
        stolen top unauthorized unrecognized working""",
    "invest": f"""annuity bitcoin bonds crypto debt etf etfs ethereum inheritance invest invested investing investment
        investments ira loan loans mortgage pension portfolio refinance retirement roth savings shares stock stocks tax
        taxes {_amounts("-", "k")}""",
    "advise": "advice advise allocate best buy deduct i me my put recommend sell should we worth",
    # harm to people
    "self_harm": "suicide suicidal",
    "hurt": "kill killing hurt hurting harm harming end ending",
    "self": "myself life",
    "gas": "gas propane boiler carbon monoxide methane furnace",
    "leak": "alarm detector explode explosion fumes hissing leak leaking leaks smell smells",
    "electrical": f"""breaker breakers electrical fuse mains outlet socket volts voltage wires wiring
        {_amounts("-", "v")}""",
    "repair": "bypass connect diy fix install installing myself replace replacing rewire touch safe safely",
    "chemical": "ammonia antifreeze bleach chlorine lye peroxide pesticide solvent sulfuric vinegar",
    "combine": "add breathe breathed combine drank ingest ingested inhale inhaled mix mixed mixing swallowed together",
    "child": "baby child children daughter infant kid kids minor newborn son toddler",
    "child_danger": "abuse abused battery choking choked drowned drowning groomed grooming poisoned swallowed unattended",
    # security
    "credential": """apikey certificate credential credentials key keys mfa passphrase password passwords secret
        secrets ssh token tokens 0fa""",
    "expose": """bypass commit committed disable expose exposed hardcode hardcoded leak leaked reset revoke rotate share
        shared steal stolen store storing hash recover""",
    "access": """admin auth authentication authorization cors firewall iam permission permissions policy privileges
        role roles root sudo superuser""",
    "grant": "add allow assign bypass chmod disable elevate escalate give grant granting open remove revoke",
    "attack": """attacker backdoor breach breached compromised cve exploit exploited hacked malware phishing
        ransomware vulnerable vulnerability""",
    "system": "account server servers system systems network site website app application database company email laptop",
    # destructive operations
    "destroy": """delete deletes deleting drop dropping erase format nuke overwrite purge terminate truncate wipe
        destroy""",
    "holding": """account accounts backup backups bucket buckets cluster customer customers database databases db
        deployment disk drive file files folder instance instances namespace partition production records repo
        repository rows schema server servers snapshot snapshots table tables user users volume volumes vm everything""",
    "production": "prod production",
    "change": """alter deploy deploying deploys failover hotfix migrate migrating migration restart rollback run scale
        shutdown update upgrade remove disable restore execute push""",
    "rm": "rm del",
    "rf": "rf fr recursive",
    "push": "push reset clean rebase",
    "force": "hard force forced fdx",
    "undoable": "book cancel create email modify order post publish restart scale send sends submit unlock update write",
    "irreversible": """buy charge delete deletes deploy deploys disable drop execute grant pay payment prescribe
        prescribes purchase purge refund remove revoke sell shutdown terminate trade transfer transfers wipe wire
        withdraw""",
    # what counts against
    "compose": "write compose create tell make generate craft come",
    "fiction": """ballad fairy fiction fictional haiku limerick lyrics novel plot poem poems protagonist screenplay
        sonnet song story tale villain""",
    "joke": "funny hilarious humorous joke jokes parody pun puns riddle satire",
    "meaning": "define definition etymology mean meaning means spell spelling synonym synonyms antonym",
    "wording": "word words term phrase expression idiom verb noun adjective spanish french english",
    "teaching": "curriculum exam flashcards homework lesson quiz students teach textbook worksheet",
    "greeting": """hello hey hi howdy thanks thank goodnight goodbye bye welcome greetings cheers yo sup morning""",
    "lean": "confirm proceed yes yeah yep it them him her ahead",
    # kinds of work
    "make": "build code create develop design generate give implement make write refactor port",
    "program": """algorithm api class cli component crawler dockerfile function functions method module parser
        program query regex script scraper sql endpoint unittest decorator compiler code""",
    "language": """bash cpp css golang haskell html java javascript js kotlin php python ruby rust sql typescript
        scala""",
    "code_token": """argv async def elif endl enum foreach isinstance kwargs malloc nullptr println printf pytest
        stdout struct typedef usr numpy pandas useeffect usestate""",
    "trace": """backtrace deadlock indexerror keyerror nullpointerexception segfault stacktrace traceback typeerror
        valueerror attributeerror importerror""",
    "debug": "bug crash crashes debug error errors fails failing hangs",
    "maths": """acute algebra congruent coefficients cubic cyclic derivative digits divides divisible divisor ellipse
        equation equations factorial gcd geometric hexagon hyperbola inequality integer integers integral lcm
        logarithm matrix modulo parabola permutations perpendicular polygon polynomial prime primes probability
        quadratic radius remainder sphere tangent triangle triangles vertices circle""",
    "latex": "frac sqrt mathbb mathrm mathbf cdot cdots ldots leq geq neq pmod binom overline displaystyle infty boxed",
    "equation": "= " + " ".join(f"{v}^0 {v}=0 0{v}^0 {v}^00" for v in "abcknmpxyz"),
    "solve": """calculate compute derive determine evaluate express find many maximum maximize minimum minimize simplify
        smallest largest solve what value""",
    "prove": "prove proof proving disprove theorem lemma induction",
    "physics": """acceleration amplitude capacitor density electron enthalpy entropy equilibrium friction heat inductor
        isothermal joule joules kinetic moles momentum molecule orbital photon resistor thermal torque velocity
        viscosity voltage wavelength magnetic ohms temperature""",
    "puzzle": """crossword deduce deduced knave knaves knights liar liars riddle sudoku syllogism truthful premise
        premises entail entails logically predicate""",
    "arrangement": "left right next between order seated sits sitting taller older lies truth neighbor each exactly",
    "fact": """actor actress assassinated awarded birthplace born composer debuted defeated died director discovered
        elected established founded founder invented inventor novel painted population premiered published ratified
        reigned treaty""",
    "asks_fact": "who whom whose when which what where name year",
    "relation": """author band brother coach daughter director father film founder franchise husband mother
        series sister spouse starred wife""",
    "account_of": "biography history essay article overview timeline background report",
    "plan": "coordinate itinerary orchestrate plan roadmap schedule workflow agent",
    "staged": "then after before finally first next step steps budget constraints days weeks",
    "limit": "must exactly least every never without only unless ensure strictly avoid each maximum minimum",
    "analyse": "analyze analyse argue assess critique evaluate implications justify tradeoffs",
    "choices": "statement statements true false correct incorrect except",
    "moral": "morally scenarios ethical",
    # easy work, and how long the answer will be
    "rewrite": "rephrase reword rewrite paraphrase proofread polish shorten",
    "summary": "summarize summarise summary tldr nutshell gist condense headline",
    "translate": "translate translation",
    "classify": "categorize classify duplicate duplicates label sentiment",
    "extract": "extract list pull parse identify",
    "item": "addresses dates emails entities fields items json keywords names numbers csv table",
    "reply": "answer reply respond output print return pick choose",
    "terse": "letter only yes no single one word number true false without",
    "essay": "essay article report paper chapter blog speech guide detailed comprehensive thorough",
    "enumerate": "list examples ideas tips suggestions reasons bullet bullets",
    "length_unit": "bullet bullets lines paragraph paragraphs sentence sentences words pages",
    "explain": "explain describe",
}
"""Every group by name, its words separated by white space."""

ENGLISH = """about and are ask been by calculate can classify compute could create debug define delete describe did
    does drop each every explain extract find fix from generate give hello help hey hi how implement it its list make
    many my need ok okay please prove rewrite should solve some summarize summarise tell thank thanks that the their
    there these they this those translate want we were what when where which who why will with would write yes you
    your"""
"""Words of which English prose has one early on, and other languages in Latin script hardly any."""
