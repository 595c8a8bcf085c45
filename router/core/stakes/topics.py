"""Words of the trades in which a wrong answer costs: medicine, law, money. Data only.

A topic is found by the distinct words of it that a text holds. One word that hardly anybody uses for anything else is
as good as two that also have a plain meaning; a longer text needs more.
"""

from msgspec import Struct

from router.core.stakes.rule import Finding, finding, words_of


class Topic(Struct, frozen=True, gc=False):
    """Words of one trade: `strong` ones count two points, `plain` ones one. Words of at least `ENDING_LEAST` letters
    that end on one of the `endings` of four letters count two."""

    finding: Finding
    strong: frozenset[bytes]
    plain: frozenset[bytes]
    endings: frozenset[bytes]
    words_a_point: int
    most_points: int


ENDING = 4
ENDING_LEAST = 8
STRONG, PLAIN = 2, 1
LEAST_POINTS = 2
BRIEF_WORDS = 25
"""A text of at most `BRIEF_WORDS` needs `LEAST_POINTS`; a longer one a point more for every `words_a_point` of the
topic, up to its `most_points`."""

_MEDICAL_STRONG = """
    abscess acetaminophen adenoma aids alzheimer alzheimers anaemia anemia aneurysm angina antibiotic
    antibiotics anticoagulant antidepressant antidepressants antihistamine aortic apnea arrhythmia arteries
    arthritis aspirin asthma ataxia atrial autism autopsy autosomal benign biopsy bipolar carcinoma cardiac
    cardiovascular cataract cataracts catheter chemo chemotherapy cholesterol chronic cirrhosis clinical
    clinician colitis colorectal congenital contraception contraceptive copd coronary cortisone cyst cysts
    dementia dermatitis diabetes diabetic diagnosed diagnosing diagnosis dialysis diarrhea diarrhoea dosage
    dosages dosing dystrophy ebola ecg eczema edema embolism endoscopic epilepsy epileptic fertility fibrosis
    fracture fractures gastric gastrointestinal glaucoma gout hemophilia hepatic hepatitis hereditary hernia
    herpes hiv hospitalized hypertension hypoglycemia ibuprofen incontinence infarction infection infections
    infertility influenza inhaler insomnia insulin intravenous ischemic jaundice kidney kidneys laparoscopic
    lesion lesions leukemia leukaemia liver lupus lymph lymphoma malaria malignant mammography mastectomy
    medicaid medication medications melanoma menopause metastatic metastases metformin migraine miscarriage
    morbidity morphine mri nausea neonatal neuropathy neurological obesity obstructive oncology opioid opioids
    osteoporosis ovarian overdose palliative pancreatic paracetamol paralysis pathology patient patients
    pediatric penicillin pharmacist pharmacology physician physicians placebo pneumonia polyp polyps
    postoperative prednisone pregnancy prenatal prescribed prognosis prostate psoriasis psychiatric pulmonary
    radiotherapy rectal renal sarcoma schizophrenia sclerosis seizure seizures sepsis serum spinal statin
    statins stenosis steroids stroke strokes surgeon surgery surgical symptom symptoms syndrome syndromes
    syphilis tachycardia therapeutic thrombosis thyroid topical transfusion tuberculosis tumor tumors tumour
    tumours ulcer ulcers urinary urine urology vaccinated vaccination vaccine vaccines vaginal vascular vertigo
    viral vomiting warfarin cancer cancers disease diseases bladder lung lungs intestinal bowel uterine cervical
    vitamin supplements herpesvirus injection topically opthalmic ophthalmic otic nasal inhalation suppository
    suppositories adhd ptsd std stds covid shingles measles flu pelvic abdominal femoral dental periodontal
    implant implants osteoarthritis rehabilitation resection transplant transplantation glucose embryo fetal
    fetus infant infants newborns neonates gestation mortality comorbidity biomarker biomarkers intraoperative
    preoperative laparoscopy nurse nurses nursing atrophy peritoneal familial ventricular hyperparathyroidism
    eosinophilic myopathy hemolytic lactose uremic cerebral dysplasia gestational nodular squamous insufficiency
    testosterone subcutaneous immunodeficiency platelet reflux degeneration polio spastic febrile infantile
    tetralogy synovial ankylosing bifida ectopic fistula ovary thoracic myocardial goiter hyperthyroidism
    nicotine posterior septal parathyroid palsy rabies sclerosing urethral venous corneal crohns endometrial
    leukocyte lipid osteopenia huntingtons adrenal hemoglobin arterial inflammatory lumbar percutaneous
    prevalence spasm testicular tomography carotid idiopathic invasive hemorrhage hypotension hypothyroidism
    fibrillation rheumatoid rupture metastasis necrosis hemodialysis hydrocephalus hypertrophy ligament tendon
    cesarean colonoscopy endoscopy epidural corticosteroid corticosteroids recurrence pelvis maxillary cruciate
    intubation anesthetic angioplasty bypass graft stent thrombolysis antiviral antifungal intoxication
    poisoning concussions malformation neonate pap prophylaxis prophylactic sputum triage biopsies smear
    ultrasound hysterectomy vasectomy appendectomy septoplasty tonsil tonsils cornea retina retinal mandibular
    alveolar physiotherapy cutaneous unvaccinated immunization deafness dyslexia adenoids gallbladder gallstones
    cholera anthrax botulism contraindications contraindicated sideeffects syringe epipen catheters marrow
    caregivers relapse remission outlook inherited treatments precautions herbs dietary healthcare leukocytes
"""
_MEDICAL_PLAIN = """
    dose doses cohort randomized prospective foods supplement concerns safety storage names causes cause acid
    deformity intolerance adults oral illness smoke drinking marijuana alcohol exercise severity injury
    pediatric imaging scan abdomen respiratory sore throat sudden children people changes special information
    intake abnormalities abortion acute affected aging allergic allergies allergy anesthesia ankle artery birth
    bleeding blood bone bones brain breast bruise caregiver cells chest childhood complications concussion
    condition cough deficiency depression diet disorder disorders doctor doctors drug drugs effective effects
    elderly emergency fever gene genetic hearing heart herbs hip hormone hospital hospitals immune inflammation
    inherited interactions joint knee marker medical medicine medicines muscle nerve outcome outcomes outlook
    oxygen pain painkillers pharmacy pills precautions predict predictor pregnant prescription prevent
    prevention primary rash research risk risks screening severe sick sinus skin sleep smoking spine stages
    survival swelling tablets therapies therapy trauma treat treated treatment treatments treating trials tissue
    training tract trimester virus weight women wound controlled hypothesis efficacy stomach dizziness diagnose
    diagnosing hurts faint breathing elbow shoulder cord vein veins nerves exams check health healthy teeth
    tooth eye eyes
"""
_MEDICAL_ENDINGS = """
    itis tomy emia aemia geal uria asty noma omas toma ycin haly rhea neal sone oxin olol algia lgia pathy athy
    plegia legia trophy ophy cillin illin azole zole pril statin atin mab umab nib inib sartan xaban oxib amine
    mide osis lasia penia philia prazole dipine glutide tide
"""

_LEGAL_STRONG = """
    affidavit amicus antitrust appellant appellate appellee arbitration attorney attorneys bailiff bankruptcy
    breach claimant clause clauses confidentiality conveyance counsel counterparty counterpartys covenant
    covenants custody damages defamation defendant defendants deposition deportation estoppel eviction evict
    evicted felony fiduciary foreclosure garnish governed hearsay hereby herein hereinafter hereto hereunder
    indemnification indemnify indemnity infringement injunction jurisdiction landlord landlords lawsuit lawsuits
    lawyer lawyers lessee lessor liable libel licensee licensor litigation malpractice misdemeanor nda
    negligence negligent notwithstanding notary parole patent perjury petitioner plaintiff plaintiffs probate
    prosecutor pursuant respondent severability statute statutes statutory subpoena sue sued suing thereof
    thereto tort tortious trademark trespass trustee warranties subtenant tenancy termination usury waive waiver
    copyright overruling overruled constitutional habeas gdpr hipaa ccpa ada erisa eeoc nlrb alimony prenup
    prenuptial severance wrongful disclaims contractual sublicense §
"""
_LEGAL_PLAIN = """
    agreement agreements agrees alleged applicable appeal arrested binding claim claims cease comply compliance
    confidential consent contract contracts contractor court courts crime criminal custody disclose disclosing
    disclosure dispute divorce employer enforce enforceable entitled exclusive guilty illegal inheritance judge
    judicial jury laws law lease legal legally liability license obligation obligations obligated offence
    offense parties party partys penalty permitted policy provision provisions receiving regulation regulations
    regulatory remedy rights shall solicit successor tenant tenants terminate testimony transferee treaty trial
    unlawful verdict violate violation visa will warranty writ immigration copyrighted court's arbitrator
    supersede confidentiality excerpt parenthetical
"""

_MONEY_STRONG = """
    amex apr atm atms barclays beneficiary cashback cheque cheques citibank contactless cvv debit iban
    mastercard mortgage overcharged overdraft overdrawn paypal sepa unblock venmo withdrawal withdrawals
    refinance annuity etf etfs annuities forex chargeback checkbook checkbooks iras fico fraudulent unauthorized
    unrecognized wallet passcode cryptocurrency crypto bitcoin transaction transactions topup escrow remittance
"""
_MONEY_PLAIN = """
    000k card cards credit refund refunds reimbursed usd gbp eur swift hold spent spend bal pins identity bills
    id pay_pal checks passcode sending held owed due improve discover redeem points balances freeze block lose
    auto age account accounts activate activated amount app apply approved balance bank banking banks bill
    blocked bonds bounced cancelled cash charge charged charges charging checking chip currencies currency
    declined deduct delivered deposit deposited deposits disposable dollars euros exchange exchanged exchanging
    expiration expires extra fee fees fiat foreign fraud frozen funds gold income interest invest investing
    investment investments limit limits loan loans locked lost merchant money order owe paid passport
    pay paying payment payments payoff pending pin portfolio pounds purchase rate rates received recipient
    refused rejected rewards routing salary savings score sent shares spending statement stocks stolen top
    topped topping transfer transferred transferring transfers unlock ups verification verify virtual visa wire
    withdraw withdrawing working
"""

ENGLISH = words_of("the is are what how my to of for does can do should and i about any it")
"""A text with none of these is not English, and its medicine or money is not judged by English words."""

TOPICS: tuple[Topic, ...] = (
    Topic(
        finding("medical.topic", 3.0),
        words_of(_MEDICAL_STRONG),
        words_of(_MEDICAL_PLAIN),
        words_of(_MEDICAL_ENDINGS),
        15,
        10,
    ),
    Topic(finding("legal.topic", 3.0), words_of(_LEGAL_STRONG), words_of(_LEGAL_PLAIN), frozenset(), 35, 8),
    Topic(finding("financial.topic", 3.0), words_of(_MONEY_STRONG), words_of(_MONEY_PLAIN), frozenset(), 22, 10),
)
