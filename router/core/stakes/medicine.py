"""Words of medicine, from general knowledge of the trade. Data only.

A noun stands in the singular; `topics` adds its plural. A biologist's words (cell, gene, enzyme) are not among them.
"""

from typing import Final

STRONG: Final = """
    a0c acetaminophen acetylcysteine achondroplasia achy acl acne acyclovir adderall adenoid adenoma adhd adrenal
    advil afebrile albuterol allergist allergy alopecia alzheimer amitriptyline amlodipine amoxicillin amphetamine
    anaemia anaesthesiologist anaesthetic anaesthetist analgesic anaphylactic anaphylaxis anemia anesthesia
    anesthesiologist anesthetic aneurysm aneurysmal aneurysms angina angioplasty anorexia anosmia anovulatory
    antacid antenatal anterolateral anthrax antibiotic anticoagulant anticoagulation antidepressant antidepressants
    antiemetic antifungal antihistamine antihypertensive antipsychotic antipyretic antiretroviral antiviral
    anxiolytic aorta aortic apixaban apnea apneic apnoea appendectomy appendicitis arrhythmia arterial
    arteriosclerosis arthritis arthroplasty arthroscopy aspirin asthma asthmatic asthmatics asymptomatic ataxia
    atorvastatin atrial audiologist auscultation autism autistic autoimmune autosomal azithromycin baclofen
    balanitis bedsore bedwetter benadryl benzo benzodiazepine benzos bilirubin biopsied biopsy bipolar bleed
    bleeding bloating bloodshot bmi botulism bowel bradycardia breastfeeding breathless breathlessness bronchial
    bronchitis bronchodilator bruising bulimia bunion bunions buprenorphine bupropion caesarean cancer cancerous
    canker carbamazepine carcinoma cardiac cardiologist cardiology cardiomyoppathy cardiopulmonary cardiovascular
    carpal cataract cataracts catheter cefalexin celiac cerebrovascular cervical cesarean cetirizine chemo
    chemoradiotherapy chemotherapy chickenpox chiropractor chlamydia cholecystectomy cholera cholesterol cipro
    ciprofloxacin cirrhosis citalopram clindamycin clinician clinicopathological clonazepam clopidogrel codeine
    coeliac coldsore colic colicky colitis colonoscopy colorectal colostomy comatose comorbid comorbidity concussion
    congenital congested conjunctivitis constipated constipation contagious contraception contraceptive
    contraindicated contraindication convulsion copd corneal coronary corticosteroid cortisone covid cpr creatinine
    crohn crp cyanosis cyanotic cyst cystic cystitis cystocele dandruff debridement dehydrated delirium deliriums
    dementia dengue denture dentures dermatitis dermatologist dermatology dexamethasone diabetes diabetic diabetics
    diagnose diagnosed diagnosing diagnosis dialyses dialysis diaphoretic diarrhea diarrhoea diastolic diazepam
    diclofenac digoxin diphtheria diphtheritic disease diuretic diverticulitis dizziness dosage dosing doxycycline
    dysentery dyslexia dysmorphia dyspareunia dyspepsia dysphagia dysphoria dysplasia dyspnea dystrophy dysuria
    earache eardrum earwax ebola ecg echocardiogram eclampsia ectopic eczema edema edematous egfr ekg
    electrocardiogram embolism emphysema encephalitis endocarditis endocrine endocrinologist endodontist endometrial
    endometriosis endoscopic endoscopy enuresis epididymal epidural epigastric epilepsy epileptic epinephrine epipen
    erythema erythematous escitalopram esophageal estradiol estrogen exertional expectorant extubated eyedrops
    fentanyl ferritin fertility feverish fibrillation fibroid fibromyalgia fibromyalgic fibrosis fistula fistulas
    floaters fluconazole fluoxetine fracture fractured furosemide gabapentin gallbladder gallstone gallstones
    gangrene gastric gastritis gastroenteritis gastroenterologist gastroenterology gastrointestinal gerd gingivitis
    glaucoma glucocorticoid goiter gonorrhea gout gynaecological gynaecologist gynecological gynecologist
    haematology haematuria haemoglobin haemoptysis haemorrhage haemorrhoid haemorrhoids halitosis hayfever hba0c hcg
    heartbeat heartburn hematemesis hematocrit hematology hematoma hematuria hemodialysis hemolytic hemophilia
    hemoptysis hemorrhage hemorrhagic hemorrhoid hemorrhoids hepatic hepatitis hepatomegaly hepatosplenomegaly
    hernia herniated herpes herpesvirus histopathological hiv homocysteine hospitalization hospitalized hpv
    huntingtons hydatidiform hydrocephalus hydrocodone hydrocortisone hydroxychloroquine hypercholesterolemia
    hyperglycemia hyperkalemia hyperlipidemia hyperpigmentation hyperplasia hypertension hypertensive hyperthermia
    hyperthyroid hyperthyroidism hypertrophy hypochondriac hypoglycemia hypomania hyponatremia hypotension
    hypothermia hypothyroid hypothyroidism hypovolemic hypoxia hypoxic hysterectomy ibuprofen icu iliac
    immunocompromised immunodeficiency immunohistochemical immunosuppressant immunosuppressed immunotherapy impetigo
    impotence incontinence incontinent indigestion infarction infection infertile infertility inflamed inflammation
    influenza ingrown inguinal inhaler inpatient insomnia insulin intensivist intestinal intracranial intramuscular
    intraoperative intrauterine intravenous intubation invisalign itchiness iud ivf jaundice jaundiced keloid
    keratosis ketamine kidney lamotrigine laparoscopic laparoscopy laryngeal laryngitis lasik laxative ldl
    legionella leprosy lesion leukaemia leukemia leukocytosis levothyroxine lidocaine ligament lightheaded
    lightheadedness lipitor lipoma liposuction lisinopril lithotripsy loperamide loratadine lorazepam losartan
    lumbar lumpectomies lumpectomy lupus lymph lymphadenoppathy lymphatic lymphocytic lymphoma macular maculopapular
    malaria malignancy malignant malnutrition mammogram mammography mastectomy mastitis mastoid mcv measles
    medication medicine melanoma melasma melatonin melena meningitis meningococcal meniscus menopausal menopause
    menorrhagia menstrual menstruation mesothelioma metastases metastasis metastatic metformin methadone
    methotrexate metoprolol microgram midwife migraine milligram miscarriage miscarried mmhg moderna monkeypox
    mononucleosis morbidity morphine motrin mri mrsa multivitamin mumps musculoskeletal myocardial myopia myoppathy
    naloxone naproxen narcolepsy nasopharyngeal nausea nauseous nebulizer neckache necrosis neonatal neonate
    nephrologist nephrotic neuralgia neurologic neurological neurologist neuroppathy neurosurgeon neurosurgery
    neutropenia nhs nitroglycerin nocturia nontender normotensive norovirus nsaid obese obesity obgyn obstetric
    obstetrician ocd ointments omeprazole oncologist oncology ondansetron ophthalmic ophthalmologist ophthalmology
    opioid optometrist orthodontic orthodontist orthopaedic orthopaedics orthopedic orthopedics orthopedist
    orthostatic osteoarthritis osteomyelitis osteopenia osteoporosis otitis ovarian ovulate ovulating ovulation
    oxycodone oxycontin ozempic pacemaker paediatric painkiller palliative palpation palpitation palsy pancreas
    pancreatic pancreatitis papule paracetamol paralysis paralyzed paramedic parkinson parkinsonism paroxetine
    pathogenesis patients pcos pediatric pediatrician pelvic penicillin peptic percutaneous pericardial pericarditis
    perimenopausal perimenopause perinatal periodontal perioperative peritonitis periumbilical pertussis petechiae
    pfizer pharmacist pharmacokinetic pharmacological pharmacology pharmacotherapy pharyngeal physician physio
    physiotherapist physiotherapy pill placebo placenta plavix pleural pmdd pneumococcal pneumonia pneumonitis
    pneumothorax polio polycystic polydipsia polyp polyuria popliteal postmenopausal postnatal postop postoperative
    postpartum ppi prediabetes prediabetic prednisolone prednisone preeclampsia preemie pregabalin pregnancy
    pregnant premenstrual prenatal preop preoperative prescribed prescription preterm priapism prognosis prolapse
    prophylactic prophylaxis propranolol prostate prostatectomy proteinuria prozac pruritus pseudoephedrine
    psoriasis psoriatic psychiatric psychiatrist psychiatry psychosis psychotherapist psychotic ptsd pulmonary
    pulmonology pus pyelonephritis rabies radiograph radiologist radiotherapy randomised randomized ranitidine rbc
    rectal remdesivir renal resection resuscitation retinal retinoid retinoppathy rhabdomyolysis rheumatic
    rheumatoid rheumatologist rhinitis rhinoplasty ringworm risperidone ritalin rivaroxaban rosacea rsv rubella
    sarcoma scabies schistosomiasis schizoaffective schizophrenia schizophrenic sciatic sciatica sciaticas sclerosis
    scoliosis sebaceous seizure semaglutide sepsis septic sertraline shingles sids sildenafil sinusitis smallpox
    sobriety sonogram spasm spinal spirometry spo0 spondylitis squamous ssri staph statin std stenosis stent sternal
    sternum steroid sti stillbirth stomachache stomatitis strep stroke stye subarachnoid subcutaneous subdural
    suboxone substernal suicidality sumatriptan suppository surgeon surgery surgical suture sutures swollen symptom
    symptomatic syncope syndrome syphilis syringe systolic tachycardia tachypnea tachypneic tailbone tamiflu
    tamoxifen tdap tendinitis tendonitis testicular testosterone tetanus tetany thoracic thrombocytopenia
    thromboembolism thrombosis thrombus thyroid tibial tinnitus tmj tonsil tonsillar tonsillectomy tonsillitis
    toothache toothaches topiramate tourniquet toxicity tracheal tracheostomy tramadol transfusion transplantation
    trazodone tremor trichomonas triglyceride trimester troponin tsh tuberculosis tumor tumour tylenol tympanic
    typhoid ulcer ulcerated ulcerative ultrasound underdose unvaccinated urethra urethral urinary urinate urinating
    urination urine urologist urology urticaria uterine uterus uti uvula vaccinate vaginal vaginosis valium
    valproate vancomycin varicella varicose vascular vasectomy vasovagal venlafaxine venous ventilator ventricular
    verruca vertebral vertigo viagra vicodin vitiligo vomit vomited vomiting vomits vulva vulvar warfarin wbc wegovy
    wheeze wheezing wheezy xanax xerostomia zoloft zoster
"""

PLAIN: Final = """
    abdomen abdominal abortion ache achilles aching acupuncture acute addiction afterbirth aids ailment alcoholism
    allergen allergic allergy amnesia amputation ankle antibody antiseptic antivirals anxiety anxious armpit
    arteries artery astigmatism autopsy bandage bedside bedwetting benign bifocal biomarker blisters blood
    bloodstream bloodwork blotchy bp bpm breast breathing breech burp burping buttock bypass caffeine caregiver
    cartilage cbd cbt cerebral checkup chest childbirth chills choking chronic clammy clavicle clinic clinical clot
    clotting coccyx cohort collagen collarbone colon coma complication conceive congestion contagion cornea cough
    coughing coughs cramp cramping creatine crusty deficiency dental dentist depressed depression dermal diagnostic
    dialysed diaper dietary disability disabled dislocated disorder distended distension dizzy doctor donor dosages
    dose doula drowsy drug eardrops elbow emergency enlarged epidemiological epidemiology epidermal er eyelid
    eyesight fainting faintness farsighted fasting fatigue fatigued febrile femur fetal fetus fever flossing flu
    forearm foreskin fungal fungus gastro gauze genital genitals gestation gestational ginseng gland glucose
    glutathione gluten gp graft groggy groin gums gynae gynecology hallucination hamstring hangover hdl headache
    healing health healthcare heart hemoglobin herbal hereditary hiccups hip histamine hives hormonal hormone
    hospice hospital hospitalisation hygienist hyperactive hypochondria immune immunity immunization implant
    incision infant infected infectious inflammations inflammatory ingested inhalation injection injured injury inr
    insufficiency intake intermittent intolerant intoxicated intoxication invasive itch itched itching itchy iu iv
    jab joint knee kneecap kneecaps knuckle laceration lactating lactation lactose larynx lethargic lethargy limb
    limp limping liver lozenge lump lumps lung malaise malformation manic mcg medicaid medical medically medicare
    medicinal menses menstruate mg miscarry mortality mouthwash mucus murmur muscle nappy nasal nauseated
    nearsighted neck nerve newborn niacin nicotine nipple nosebleeds nostril numb numbing numbness nurse nursing
    nutrition nutritionist obstructive ointment oozing optician oral orthotic outpatient ovary overdose overdosed
    overeating pain painful palpable palpitate pandemic paralysed paranoia pathogen pathology patient pediatrics pee
    peeing pelvis penis pharmaceutical pharmacy phlegm phobia pimple plasma platelet poisoning poo poop pooped
    precaution premature prescribe prescribing prevalence preventive probiotic probiotics progesterone prosthesis
    psa psychologist psychopath psychotherapy puberty pubic puffy puke puking pulsating queasy radiating rash rashes
    refractory rehab rehabilitation relapse remission respiratory retina retinol rheum rib ribcage rotator rupture
    saliva scab scabs scalp scar screening scrotum sedation sedative selfesteem sequelae serum severe sexually shin
    shivering shortness shoulder sick sickness sinus sinuses skin sleepless sleeplessness sleepwalking smear smoker
    sneeze sneezing snore snoring sober sore spine spleen splint spo sprain sprained stiff stinging stitches stomach
    stomachs stool sunburn sunscreen supplement supplements surgeries surrogate swab swallowing sweating sweats
    swelling tablet tampon teething tenderness tendon testicle thc therapeutic therapist therapy thigh throat
    throbbing tibia tingling tingly toddler toenail tonsils tooth topical trachea transplant trauma traumatic
    treatment triage tummy twitch twitching ulna umbilical unconscious underarm unwell ureter vaccinated vaccination
    vaccine vagina vape vaping vein vertebra viral virology virus vitamin vitamins wart weakness weaning wheelchair
    wheezes whey whooping windpipe withdrawal womb wound wrist xray zit
"""

FAINT: Final = """
    abnormal addicted adolescent adult adverse aetiology affected age aging alcohol appetite appointment association
    baby back bath belly birth bite bleed blind body boil bone brain brand breakout burn burning calcium calf care
    cause cell check child children cognitive cold compared condition confidence controlled count cravings cream
    crusting crutch cure cut daily deaf death decayed deep deformity diaphragm diet digest discharge discolored
    discomfort disposal dispose drinking ear effect effective efficacy elderly enamel endemic epidemic etiology exam
    examination exercise exposure eye eyeball faint female finger flaky flare flashes floss food foot gene genetic
    gum hand harmful hazard heal healthy hearing heartache heavy herb high hopeless hour hurt husband hydrated
    hydration hygiene immunology impairment information inherited interaction intervention interventional iodine
    irritable irritated irritation kid labor lashes level life liquids magnesium male marijuana massage meds melanin
    mental mole monitor months mother mutation newborns night normal nutrient old organ outbreak outcome overwhelmed
    oxygen panic people period pollen postural potassium predict predictor pressure prevent prevention problem
    procedure prospective protein psychological pulse radiation rate recover recovery recurrent reproductive
    retrospective rinse risk safe safely scaly scan sensation sensitive sex sexual side significantly sleep smoke
    smoking specialist spotting storage sudden sugar survival susceptibility swallow sweat swell syrup take taking
    teenage teeth temperature tender test thin thumb tingle tired tiredness tissue toe toes tongue toothbrush
    toothpaste torn toxic transmissible treat treated treating trial turmeric uncommon vegan vision vitals water
    wean weekly weight white whitening wife will women worried worry worsening years zinc
"""

HARMLESS: Final = """
    academia acrylamide android_tablet antipathy apoptosis apotheosis armenia bath_tub be_patient blood_moon
    blood_orange bohemia book_spine broken_heart by_heart chemiosmosis chest_of computer_virus dichotomy dinosaur
    diploma doctor_fish doctor_strange doctor_who dynasty elbow_grease elbow_macaroni eye_of flu_game
    graphics_tablet growing_pain hardcopy heart_emoji heart_of heart_shaped heart_to hypnosis jealousy knee_jerk
    limp_bizkit macadamia magazine manchuria mental_arithmetic mental_math metamorphosis muscle_beach muscle_car
    neck_of nerve_wracking nostalgia numb_by organ_music pain_au patient_while philippine philosophy photocopy
    phytoplankton plant_health polyacrylamide polyamide porcupine romania ruthenia saw_teeth scar_face sick_beat
    slovenia sore_loser spine_of symbiosis sympathy tablet_computer tablet_pc telepathy theosophy timothy
    tongue_twister treasure_chest turpentine ukraine unarmed virus_scan virus_software
"""
"""What ends like a disease or a medicine, and is none."""

ENDINGS: Final = """
    acin afil agia anib asty athy avir coma egia emia enia epam geal icin imab inib itis ivir kast lgia llin loma
    mide neal noma ofen olam olol omab omas ophy osis ovir pine pnea pram pril ptan ptin rhea rtan sone toma tomy
    umab uria ycin zide zine zole
"""

STRONG_PAIRS: Final = """
    acid_reflux age_spot allergic_reaction allergic_to anxiety_attack baby_formula back_pain bee_sting birth_control
    birth_defect blood_count blood_in blood_pressure blood_sugar blood_test blood_thinner blood_when blood_work
    bloody_stool blurred_vision blurry_vision bone_density bone_marrow booster_shot breast_feeding breast_milk
    broken_bone broken_finger broken_rib broken_toe broken_wrist bug_bite c_section cat_scratch chicken_pox
    chief_complaint clinical_trial cold_sore contact_lens contact_lenses cradle_cap ct_scan daily_dose
    dental_cleaning doctor_about double_vision dry_socket ear_pain eating_disorder egg_freezing emergency_department
    emergency_room eye_drop eye_exam eye_pain eye_test family_doctor feel_hopeless feeling_hopeless fever_of
    fish_oil flu_shot folic_acid food_intolerance grade_fever hair_loss hay_fever health_condition hearing_aid
    heart_attack heart_failure heat_rash high_fever hip_replacement hot_flash hot_flush hurt_to hurts_to
    immune_system intensive_care iron_deficiency iron_supplement jaw_pain knee_replacement late_period
    left_ventricle light_spotting liver_function loose_stool low_fever lower_quadrant lump_in lump_on lump_under
    medical_advice medical_condition medical_history mental_health mental_illness mg_dl missed_dose missed_period
    mm_hg month_old mood_swing morning_after morning_sickness my_dentist my_doctor my_period night_sweat
    occupational_therapy pain_after pain_killer pain_relief pain_when panic_attack pap_smear patient_with
    period_late period_pain personality_disorder physical_exam physical_examination physical_therapy pink_eye
    post_op pre_op presented_to presenting_with presents_to presents_with primary_care pulled_muscle radiates_to
    radiating_down radiating_to rash_on recommended_dose respiratory_rate resting_pulse restless_leg risk_factor
    root_canal rotator_cuff runny_nose safe_dose second_opinion see_doctor sexually_active shortness_of side_effect
    skin_tag sperm_count stool_sample stuffy_nose sun_burn swelling_in tennis_elbow tick_bite tooth_decay
    tooth_extraction torn_calf torn_muscle tubal_ligation tummy_tuck upper_quadrant urgent_care vital_sign vitamin_b
    vitamin_b00 vitamin_c vitamin_d week_old weeks_old white_blood wisdom_teeth wisdom_tooth
"""

PLAIN_PAIRS: Final = """
    appropriate_management bad_breath cant_breathe cant_sleep dry_eye dry_mouth feeling_down feeling_hopeless
    flare_up gain_weight hearing_loss heart_rates home_remedy hurt_when itchy_eye left_arm lose_weight memory_loss
    my_baby my_belly my_ear my_eye my_mole my_teeth normal_range not_eating our_baby over_counter passed_out plan_b
    protein_powder right_arm sex_drive teeth_pulled test_negative test_positive test_result tested_positive throw_up
    tooth_hurt watery_eye weight_gain weight_loss wont_eat wont_feed wont_sleep
"""
