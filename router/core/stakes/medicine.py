"""Words of medicine, from general knowledge of the trade. Data only.

A noun stands in the singular; `topics` adds its plural. A biologist's words (cell, gene, enzyme) are not among them.
"""

from typing import Final

STRONG: Final = """
    acetaminophen acetylcysteine achondroplasia acne acyclovir adderall adenoid adenoma adhd adrenal advil afebrile
    albuterol alopecia alzheimer amitriptyline amlodipine amoxicillin amphetamine anaemia anaesthetic analgesic
    anaphylactic anaphylaxis anemia anesthesia anesthetic aneurysm aneurysmal angina angioplasty anorexia antacid
    antenatal anterolateral anthrax antibiotic anticoagulant anticoagulation antidepressant antiemetic antifungal
    antihistamine antihypertensive antipsychotic antiretroviral antiviral aorta aortic apixaban apnea apnoea
    appendectomy appendicitis arrhythmia arterial arteriosclerosis arthritis arthroscopy aspirin asthma asthmatic
    asymptomatic ataxia atorvastatin atrial auscultation autism autistic autosomal azithromycin baclofen benadryl
    benzodiazepine bilirubin biopsy bipolar bleeding bloating bmi botulism bowel bradycardia breastfeeding bronchial
    bronchitis bruising bulimia bunion buprenorphine bupropion caesarean cancer cancerous carbamazepine carcinoma
    cardiac cardiologist cardiology cardiomyoppathy cardiopulmonary cardiovascular cataract catheter cefalexin
    celiac cerebrovascular cervical cesarean cetirizine chemo chemoradiotherapy chemotherapy chickenpox chiropractor
    chlamydia cholecystectomy cholera cholesterol cipro ciprofloxacin cirrhosis citalopram clindamycin clinician
    clinicopathological clonazepam clopidogrel codeine colitis colonoscopy colorectal comatose comorbid comorbidity
    concussion congenital conjunctivitis constipation contagious contraception contraceptive contraindicated
    contraindication convulsion copd corneal coronary corticosteroid cortisone covid cpr creatinine crohn cyanosis
    cyst cystic cystitis cystocele dehydrated delirium dementia dengue dermatitis dermatologist dexamethasone
    diabetes diabetic diagnose diagnosed diagnosing diagnosis dialysis diarrhea diarrhoea diastolic diazepam
    diclofenac digoxin diphtheria disease diuretic dizziness dosage dosing doxycycline dysentery dyslexia dyspepsia
    dysphagia dysplasia dyspnea dystrophy dysuria ebola ecg echocardiogram eclampsia ectopic eczema edema ekg
    electrocardiogram embolism emphysema encephalitis endocarditis endocrinologist endometrial endometriosis
    endoscopic endoscopy enuresis epidural epilepsy epileptic epinephrine epipen erythematous escitalopram
    esophageal estradiol estrogen eyedrops fentanyl fertility fibrillation fibroid fibromyalgia fibrosis fistula
    fluconazole fluoxetine fracture fractured furosemide gabapentin gallbladder gallstone gangrene gastric gastritis
    gastroenteritis gastrointestinal gerd glaucoma glucocorticoid goiter gonorrhea gout gynecological gynecologist
    haematology haemorrhage haemorrhoid heartbeat heartburn hematocrit hematology hematoma hematuria hemodialysis
    hemolytic hemophilia hemorrhage hemorrhagic hemorrhoid hepatic hepatitis hepatosplenomegaly hernia herniated
    herpes herpesvirus histopathological hiv homocysteine hospitalization hospitalized hpv huntingtons hydatidiform
    hydrocephalus hydrocodone hydrocortisone hydroxychloroquine hyperglycemia hyperplasia hypertension hypertensive
    hyperthermia hyperthyroidism hypertrophy hypoglycemia hypotension hypothermia hypothyroidism hysterectomy
    ibuprofen icu immunocompromised immunodeficiency immunohistochemical immunotherapy impetigo impotence
    incontinence indigestion infarction infection infertile infertility inflamed inflammation influenza inhaler
    inpatient insomnia insulin intensivist intestinal intracranial intramuscular intraoperative intrauterine
    intravenous intubation iud ivf jaundice ketamine kidney lamotrigine laparoscopic laparoscopy laryngitis laxative
    legionella leprosy lesion leukaemia leukemia leukocytosis levothyroxine lidocaine ligament lipitor lisinopril
    lithotripsy loperamide loratadine lorazepam losartan lumbar lumpectomy lupus lymph lymphadenoppathy lymphatic
    lymphoma malaria malignancy malignant malnutrition mammogram mammography mastectomy mastitis measles medication
    medicine melanoma melatonin meningitis meniscus menopausal menopause menstrual menstruation mesothelioma
    metastases metastasis metastatic metformin methadone methotrexate metoprolol microgram midwife migraine
    milligram miscarriage miscarried moderna monkeypox morbidity morphine motrin mri mrsa multivitamin mumps
    musculoskeletal myocardial myoppathy naloxone naproxen narcolepsy nausea nauseous nebulizer necrosis neonatal
    neonate nephrologist neuralgia neurologic neurological neurologist neuroppathy neurosurgeon nhs nitroglycerin
    nontender normotensive norovirus nsaid obese obesity obgyn obstetric obstetrician ocd omeprazole oncologist
    oncology ondansetron ophthalmic ophthalmologist ophthalmology opioid orthodontic orthopaedic orthopedic
    orthopedist orthostatic osteoarthritis osteopenia osteoporosis otitis ovarian ovulation oxycodone oxycontin
    ozempic pacemaker paediatric painkiller palliative palpitation palsy pancreas pancreatic pancreatitis
    paracetamol paralysis paralyzed paramedic parkinson paroxetine pathogenesis patients pediatric pediatrician
    pelvic penicillin percutaneous perinatal periodontal perioperative peritonitis pertussis pfizer pharmacist
    pharmacokinetic pharmacological pharmacology pharmacotherapy physician physiotherapist physiotherapy pill
    placebo placenta plavix pneumonia pneumothorax polio polyp postmenopausal postnatal postoperative postpartum ppi
    prednisolone prednisone preeclampsia pregabalin pregnancy pregnant prenatal preoperative prescribed prescription
    preterm prognosis prophylactic prophylaxis propranolol prostate prostatectomy prozac pseudoephedrine psoriasis
    psychiatric psychiatrist psychiatry psychosis psychotic ptsd pulmonary pulmonology pus rabies radiograph
    radiologist radiotherapy randomised randomized ranitidine rectal remdesivir renal resection resuscitation
    retinal retinoppathy rheumatic rheumatoid rheumatologist rhinitis ringworm risperidone ritalin rivaroxaban
    rosacea rubella sarcoma scabies schistosomiasis schizophrenia schizophrenic sciatica sclerosis scoliosis seizure
    semaglutide sepsis septic sertraline shingles sids sildenafil sinusitis smallpox spasm spinal spondylitis
    squamous ssri staph statin std stenosis stent sternal steroid sti stillbirth stomachache stomatitis strep stroke
    subcutaneous suboxone suicidality sumatriptan suppository surgeon surgery surgical swollen symptom symptomatic
    syndrome syphilis syringe systolic tachycardia tachypnea tamiflu tamoxifen tdap tendinitis tendonitis testicular
    testosterone tetanus thoracic thromboembolism thrombosis thyroid tinnitus tonsil tonsillectomy tonsillitis
    toothache topiramate tourniquet toxicity tramadol transfusion transplantation trazodone tremor trimester
    troponin tuberculosis tumor tumour tylenol typhoid ulcer ulcerative ultrasound unvaccinated urethral urinary
    urinate urinating urination urine urologist urology uterine uterus uti vaccinate vaginal vaginosis valium
    valproate vancomycin varicella vascular vasectomy venlafaxine ventricular vertigo viagra vicodin vitiligo vomit
    vomiting warfarin wegovy wheezing xanax zoloft zoster
"""

PLAIN: Final = """
    abdomen abdominal abortion abscess ache aching acupuncture acute addiction aids ailment alcoholism allergic
    allergy amnesia amputation ankle antibody antidote antivirals artery autopsy bedside bedwetting benign biomarker
    bladder blister blood bloodstream bloodwork breast breastfeed breathing bruise bypass caffeine caregiver
    cerebral checkup chest childbirth choking chronic clinic clinical clot clotting cohort colon coma complication
    conceive cornea cough coughing cramp cramping deficiency dental dentist depressed depression dietary disability
    disabled dislocated disorder dizzy doctor donor dose drowsy drug elbow emergency epidemiological epidemiology er
    eyelid eyesight fainting fasting febrile fetal fetus fever flu forearm fungal fungus gastro genital gestation
    gestational gland glucose graft groin gynecology hallucination headache healing health healthcare heart
    hemoglobin herbal hereditary hip hives hormonal hormone hospice hospital hypochondria immune immunity
    immunization implant incision infant infected infectious inflammatory ingested inhalation injection injured
    injury insufficiency intake intermittent intoxicated intoxication invasive itch itching itchy iv joint knee
    laceration lactose limb limp liver lump lung malformation mcg medicaid medical medicare medicinal menses mg
    miscarry mortality mouthwash muscle nasal neck nerve newborn nicotine nosebleed numb numbness nurse nursing
    nutrition nutritionist obstructive ointment oral orthotic outpatient ovary overdose overdosed pain painful
    pandemic paranoia pathogen pathology patient pediatrics pelvis penis pharmaceutical pharmacy phlegm plasma
    platelet poisoning precaution premature prevalence preventive probiotic progesterone prosthesis psychologist
    psychotherapy puberty rash refractory rehab rehabilitation relapse remission respiratory retina rib rupture
    saliva scar screening sedation sedative sequelae serum severe sexually shortness shoulder sick sickness sinus
    skin sleepwalking smear smoker sneezing sore spine spleen sprain sprained stiff stinging stomach stool sunburn
    supplement surrogate sweating swelling tablet teething tendon testicle therapeutic therapist therapy thigh
    throat toddler tonsils tooth topical transplant trauma traumatic treatment triage tummy umbilical unconscious
    vaccinated vaccination vaccine vagina vein viral virus vitamin wart weakness withdrawal womb wound wrist xray
"""

FAINT: Final = """
    abnormal addicted adolescent adult adverse aetiology affected age aging alcohol appointment association baby
    back bath birth bite blind body boil bone brain brand burn burning calcium care cause cell check child children
    cognitive cold compared condition confidence controlled count cream crutch cure cut daily deaf death deep
    deformity diet digest discharge disposal dispose drinking effect effective efficacy elderly endemic epidemic
    etiology exam examination exercise exposure eye faint female finger flare food foot gene genetic gum hand
    harmful hazard heal healthy hearing heavy herb high hour hurt husband hygiene impairment incubation information
    inherited interaction intervention interventional iodine kid labor level life magnesium male marijuana meds
    melanin mental mole monitor months mother mutation night normal nutrient old organ outbreak outcome overweight
    oxygen panic people period potassium predict predictor pressure prevent prevention problem procedure prospective
    protein psychological pulse radiation rate recover recovery reproductive retrospective risk safe safely scan
    sensitive sex sexual side significantly sleep smoke smoking specialist storage sudden sugar survival
    susceptibility take taking teeth temperature test thin thumb tired tissue tongue toxic transmissible treat
    treated treating trial uncommon underweight vegan vision water wean weekly weight white wife will women worried
    worry years zinc
"""

HARMLESS: Final = """
    academia acrylamide antipathy apoptosis apotheosis armenia bohemia chemiosmosis dichotomy dinosaur diploma
    dynasty hypnosis jealousy macadamia magazine manchuria metamorphosis nostalgia philippine philosophy
    phytoplankton polyacrylamide polyamide porcupine romania ruthenia slovenia symbiosis sympathy telepathy
    theosophy timothy turpentine ukraine unarmed
"""
"""What ends like a disease or a medicine, and is none."""

ENDINGS: Final = """
    acin afil agia anib asty athy avir coma egia emia enia epam geal imab inib itis ivir lgia loma mide neal noma
    olam olol omab omas ophy osis ovir pine pnea pram pril ptan ptin rhea rtan sone toma tomy umab uria ycin zide
    zine zole
"""
