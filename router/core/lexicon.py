"""The words that cues are made of, in groups. Data only.

Words stand here as `passage` folds them: lower case, punctuation to spaces, every digit to `0`, so that `$5,000`
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


_DOSE = "dose doses dosage dosages dosing overdose overdosed titrate"
_DOSE_UNIT = f"mg mcg ml iu milligram milligrams microgram micrograms cc {_amounts('-', 'mg mcg ml iu')}"

GROUPS: dict[str, str] = {
    # medicine
    "medicine": """acetaminophen adderall advil amoxicillin antibiotic antibiotics antidepressant antidepressants
        antihistamine aspirin benadryl chemotherapy codeine digoxin drug drugs epinephrine epipen fentanyl gabapentin
        heparin ibuprofen inhaler insulin levothyroxine lisinopril lithium melatonin metformin methotrexate morphine
        medication medications medicine medicines naproxen oxycodone painkiller painkillers paracetamol pill pills
        prednisone prozac sertraline ssri statin statins supplement supplements tablet tablets tramadol tylenol
        vaccine vaccines valium warfarin xanax""",
    "dose": _DOSE,
    "dose_unit": _DOSE_UNIT,
    "amount_of_medicine": f"{_DOSE} {_DOSE_UNIT}",
    "intake": """administer combine gave give giving inject interact interaction interactions mix prescribe
        prescribed stop stopping take taking took""",
    "vulnerable": """baby breastfeeding child infant kidney kidneys liver newborn old patient patients pregnancy
        pregnant son daughter toddler dialysis""",
    "body_weight": f"kg kilo kilos lbs pounds {_amounts('-', 'kg lb lbs')}",
    "symptom": """ache bleeding breathless chest cough dizziness dizzy faint fainted fever headache headaches
        hurts lump migraine nausea numb numbness pain palpitations rash seizure seizures swelling swollen
        vomiting""",
    "decide": """breathe call can dangerous doctor emergency er hospital normal now prescribe prescribed safe
        safely serious should urgent wait worried worry""",
    "condition": """anemia arthritis asthma cancer carcinoma dementia diabetes disease diseases disorder
        disorders epilepsy fracture hepatitis hypertension infection infections leukemia lymphoma melanoma
        pneumonia sclerosis stroke surgery syndrome syndromes tumor tumors tumour""",
    "care": """cause causes cure diagnose diagnosed diagnosis genetic inherited mortality outcome outcomes outlook
        patients predict prevent prevention prognosis research risk survival symptoms therapy treat treated treatment
        treatments what""",
    "therapy": """biopsy carcinoma clinical diagnose diagnosed diagnosis inherited mortality outlook patients
        postoperative preoperative prognosis surgery surgical symptoms therapy treatment treatments""",
    "inquiry": "are can does how is should what when which who will",
    "effects": "effects precautions overdose",
    "unwanted": "side risks special toxic",
    "clinical": "clinical clinician doctor hospital medical nurse nurses pharmacist pharmacy physician triage",
    # law
    "clause": """agreement agreements clause clauses contract contracts covenant indemnity lease liability nda
        severance tenancy warranty""",
    "legal_act": """binding breach breached cancel cancelled challenge confidential counterparty disclose draft
        end ended enforce enforceable governed indemnify liable negotiate notice obligated obligation parties
        party provide provides review sign signed signing terminate terminated termination violate violates
        waive waives""",
    "law": """arrested attorney bail bankruptcy copyright court courts custody deportation divorce evict evicted
        eviction gdpr hipaa illegal immigration jurisdiction landlord law laws lawsuit lawyer legal legally
        patent probate statute sue sued suing tenant tort trademark""",
    "own_case": "i me my we our us should can must sue sued suing evict evicted fired arrested liable rights",
    "litigant": "plaintiff plaintiffs defendant defendants claimant appellant petitioner respondent",
    "court": "court damages judge jury jurisdiction liable negligence tort claim statute motion alleges sued",
    # money
    "move": """charge charged cheque deposit deposited paid pay payment payments refund refunded send transfer
        transferred transferring transfers wire withdraw withdrawal withdrawing""",
    "payment": "charged deposit paid payment payments refund refunded transfer transferred withdraw withdrawal",
    "top": "top topping",
    "up": "up ups",
    "money": f"""account accounts atm balance bank card cash credit dollars euros funds money salary savings debit
        cheque fee bill rent mortgage recipient beneficiary swift iban usd eur gbp {_amounts("$ € £", "-")}""",
    "bank": "atm bank banking card cards checking debit iban mastercard routing savings account pin",
    "held": """bank card cards payment payments transfer transfers refund cheque deposit account funds cash
        credit debit money withdrawal""",
    "account_trouble": """activate apr arrive arrived blocked cancel declined delivered delivery disputed
        exchange expired failed fee fees fraud fraudulent freeze frozen interest limit locked lost missing
        pending pin rate received rejected reversed score statement stolen top twice unauthorized unrecognized
        working""",
    "invest": f"""annuity bitcoin bonds crypto debt etf etfs ethereum inheritance invest invested investing investment
        investments ira loan loans mortgage pension portfolio refinance retirement roth savings shares stocks tax
        taxes {_amounts("-", "k")}""",
    "advise": "advice advise allocate best buy deduct i me my put recommend sell should we worth",
    # harm to people
    "self_harm": "suicide suicidal",
    "someone": "i me my feel feeling friend he she him her son daughter brother sister someone",
    "hurt": "kill killing hurt hurting harm harming cutting",
    "self": "myself himself herself themselves",
    "life": "life",
    "ending": "end ending",
    "gas": "gas propane boiler carbon monoxide methane furnace",
    "leak": "alarm detector explode explosion fumes hissing leak leaking leaks smell smells",
    "electrical": f"""breaker breakers electrical fuse mains outlet socket volts voltage wires wiring
        {_amounts("-", "v")}""",
    "repair": "bypass connect diy fix install installing myself replace replacing rewire touch safe safely",
    "chemical": "ammonia antifreeze bleach chlorine lye peroxide pesticide solvent sulfuric vinegar",
    "combine": "add breathe breathed combine drank ingest ingested inhale inhaled mix mixed mixing swallowed together",
    "child": "baby child children daughter infant kid kids minor newborn son toddler",
    "child_danger": """abuse abused battery choked choking drowned drowning groomed grooming poisoned swallowed
        unattended""",
    "machine": "alarm brake brakes cooling guard interlock reactor turbine valve ventilator",
    "override": "bypass close defeat disable open override remove shut stop",
    # security
    "credential": """apikey certificate credential credentials key keys mfa passphrase password passwords secret
        secrets ssh token tokens 0fa""",
    "expose": """bypass commit committed disable expose exposed hardcode hardcoded hash leak leaked recover
        reset revoke rotate share shared steal stolen store stored storing""",
    "access": """admin auth authentication authorization cors firewall iam permission permissions policy privileges
        role roles root sudo superuser""",
    "grant": "add allow assign bypass chmod disable elevate escalate give grant granting open remove revoke",
    "attack": """attacker backdoor breach breached compromised cve exploit exploited hacked malware phishing
        ransomware vulnerable vulnerability""",
    "system": """account app application company database email laptop network server servers site system
        systems website""",
    # destructive operations
    "destroy": """delete deletes deleting drop dropping erase format nuke overwrite purge terminate truncate wipe
        destroy""",
    "holding": """account accounts backup backups bucket buckets cluster customer customers database databases
        db deployment disk drive file files folder instance instances namespace partition production record
        records repo repository row rows schema server servers snapshot snapshots table tables user users vm
        volume volumes""",
    "production": "prod production",
    "change": """alter deploy deploying deploys failover hotfix migrate migrating migration restart rollback run scale
        shutdown update upgrade remove disable restore execute push""",
    "rm": "rm del",
    "rf": "rf fr recursive",
    "push": "clean push pushed rebase reset",
    "force": "hard force forced fdx",
    "undoable": """book cancel create email modify order post publish restart scale send sends submit unlock
        update write""",
    "irreversible": """buy charge delete deletes deploy deploys disable drop execute grant pay payment prescribe
        prescribes purchase purge refund remove revoke sell shutdown terminate trade transfer transfers wipe wire
        withdraw""",
    # what counts against
    "compose": "write compose create tell make generate craft come",
    "fiction": """ballad fairy fiction fictional haiku limerick lyrics novel plot poem poems protagonist screenplay
        sonnet song story tale villain""",
    "joke": "joke jokes parody pun puns satire",
    "telling": "another hear know make tell write",
    "meaning": "define definition etymology mean meaning means spell spelling synonym synonyms antonym",
    "wording": "word words term phrase expression idiom verb noun adjective spanish french english",
    "teaching": "curriculum flashcards homework lesson quiz textbook worksheet",
    "greeting": """hello hey hi howdy thanks thank goodnight goodbye bye welcome greetings cheers yo sup morning""",
    "lean": "her him it them",
    "agree": "ahead confirm ok okay proceed sure yeah yep yes",
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
    "maths": """acute algebra arithmetic combinatorics congruent coefficients cubic cyclic derivative digits
        divides divisible divisor divisors ellipse equation equations factorial gcd geometric graph hexagon
        hyperbola inequality integer integers integral invertible lcm logarithm matrix modulo parabola
        permutations perimeter perpendicular polygon polynomial polynomials prime primes probability quadratic
        radius remainder rhombus sphere subsets tangent triangle triangles vertices circle circles cube""",
    "latex": """frac sqrt mathbb mathrm mathbf cdot cdots ldots leq geq neq pmod binom overline displaystyle infty
        boxed asy """
    + " ".join(f"${sign}$" for sign in "abcdefghijklmnopqrstuvwxyz0"),
    "equation": "= " + " ".join(f"{v}^0 {v}=0 0{v}^0 {v}^00" for v in "abcknmpxyz"),
    "solve": """calculate compute derive determine evaluate express find how largest many maximize maximum
        minimize minimum simplify smallest solve value what""",
    "amount": """area average cost difference distance energy expression factors height interest length many
        much mean much number percent percentage perimeter price probability ratio speed sum temperature total
        value volume ways weight""",
    "operator": "+ plus minus multiplied divided times squared cubed",
    "figure": "0 00 000 0000",
    "prove": "prove proof proving disprove theorem lemma induction",
    "physics": """acceleration acid amplitude atomic capacitor circuit concentration current density electron
        energy enthalpy entropy equilibrium focal force frequency friction gas heat hydrogen inductor ion
        isothermal joule joules kinetic lens mass mole moles molar molecular momentum molecule nucleus orbital
        ph photon power pressure resistance resistor solution temperature thermal torque transformer velocity
        viscosity voltage volume wavelength magnetic ohms""",
    "work_out": "calculate compute derive determine evaluate find solve",
    "puzzle": """counterexample crossword deduce deduced entail entails knave knaves knights liar liars
        logically predicate premise premises riddle sudoku syllogism truthful""",
    "arrangement": "left right next between order seated sits sitting taller older lies truth neighbor each exactly",
    "sit": "sit sits seated sitting",
    "beside": "between end left next right row",
    "follow": "follow follows",
    "does": "does must necessarily",
    "fewest": "fewest least minimum maximum most",
    "count": "crossings moves number steps turns weighings",
    "fact": """actor actress assassinated awarded battle birthplace born built composer debuted defeated
        designed died director discovered elected emperor established founded founder invented inventor king
        mayor minister novel painted population premiered published queen ratified reigned treaty""",
    "year": "0000",
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
    "classify": "categorize classify duplicate duplicates sentiment",
    "extract": "extract list pull parse identify",
    "item": "addresses dates emails entities fields items json keywords names numbers csv table",
    "reply": "answer reply respond output print return pick choose",
    "terse": "letter only yes no single one word number true false without",
    "affirm": "yes true",
    "deny": "no false",
    "a_word": "word",
    "one": "one single",
    "essay": "essay article report paper chapter blog speech guide detailed comprehensive thorough",
    "enumerate": "list examples ideas tips suggestions reasons bullet bullets",
    "length_unit": "bullet bullets lines paragraph paragraphs sentence sentences words pages",
    "explain": "explain describe",
}
"""Every group by name, its words separated by white space."""

ENGLISH = """\
    about add also and answer any are ask because been being book build by calculate call can change check choose
    classify compare complete compose compute continue convert correct could create debug define delete describe
    did didn does doesn don draft drop each every explain extract feel feeling find finish five fix for four
    from games generate get give good got he hello help her hey hi him his how ideas imagine implement improve
    into invent isn it its know let like ll make many my name names need new of ok okay only open order our
    outline pick please prove put recommend remind remove reserve review rewrite run say schedule search see
    send set she shorten should show simplify sketch solve some speak suggest summarise summarize tell than
    thank thanks that the their them then there these they think this those three today too translate turn two
    update us use ve want we were what when where which who why will with would write yes you your"""
"""Words of which English prose has one early on, and other languages in Latin script hardly any."""
