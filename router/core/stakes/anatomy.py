"""What students of medicine are examined in, from general knowledge of the trade. Data only.

Of what biology knows too (cell, enzyme, membrane) only what is said of the sick or of the human body.
"""

from typing import Final

STRONG: Final = """
    abducens acamprosate acetabulum acetylcholinesterase achalasia acidosis acromion actinomyces addisonian adductor
    adenocarcinoma adenosis albendazole aldosteronism alkalosis aminoglycoside aminophylline amoebiasis amphotericin
    ampicillin ampulla amyloid amyloidosis anastomosis ancylostoma aneuploidy angiography angiotensin anticholinergic
    anticonvulsant antidote antimalarial antiplatelet antitubercular antrum apgar aphasia aponeurosis appendicular
    arachnoid areola arteriole arthrodesis asbestosis ascariasis ascites aspergillosis aspergillus asystole atelectasis
    atherosclerosis atherosclerotic atropine auscultatory axilla axillary babinski bacteremia bacteriuria barbiturate
    basilar basophil bicuspid bifida biliary bleomycin brachial brachialis bromocriptine bronchiectasis bronchioles
    bronchus brucella brucellosis bulla bullous bursa busulfan cabergoline calcaneus calcitonin campylobacter candida
    candidiasis cannula carotid carpus catecholamine cauda caudate cecum cephalosporin cerebrospinal cestode chancre
    chlorambucil chloramphenicol chloroquine cholangitis cholecystitis cholelithiasis cholestasis chorea choroid ciliary
    claudication clostridium coagulopathy coarctation coccygeal colles condyle conjunctiva contracture cornu costal
    cranial cricoid cromolyn cryptococcus cryptorchidism cryptosporidium cubital cushing cyclosporine cytomegalovirus
    dapsone defibrillator demyelinating dermatome desmopressin diaphysis diastole digitalis dilatation diplopia
    disulfiram diverticulum dorsiflexion ductus duodenal duodenum dura dysarthria dyscrasia dyskinesia dystonia
    ecchymosis ectasia edrophonium embolus empyema endemicity endocardium endometrium endotracheal enoxaparin entamoeba
    enteric enterococcus eosinophilia epicondyle epididymis epiglottis epiphyseal epiphysis epispadias epistaxis
    ergotamine erysipelas erythromycin ethmoid exophthalmos extensor exudate fallopian fallot fascia fasciculation
    fasciitis fibula fibular filariasis flaccid flexor flumazenil fluoroquinolone follicular fontanelle fovea frontalis
    fundus gastrin gastrocnemius gentamicin giardia glioblastoma glioma globulin glomerular glomerulonephritis
    glomerulus glossopharyngeal gluteal gluteus gonadotropin granuloma granulomatous granulosa griseofulvin guillain
    gynecomastia haematoma haemolytic haemophilia haemophilus haemostasis hallux halothane hamartoma haustra
    helicobacter helminth hemangioma hemiparesis hemiplegia hepatocellular hepatoma hilum hirschsprung hirsutism
    histopathology hodgkin horner humerus hydatid hydralazine hydrocele hydronephrosis hydroxyurea hyoid hypercalcemia
    hypercapnia hypermetropia hypernatremia hyperparathyroidism hyperprolactinemia hyperreflexia hypersensitivity
    hypertrophic hyperuricemia hypesthesia hypocalcemia hypogastric hypoglossal hypokalemia hyponatraemia
    hypoparathyroidism hypopituitarism hypospadias hypotonia icterus ileal ileum ileus iliopsoas immunoglobulin infarct
    infraorbital infraspinatus innervate innervated innervation inotropic intertrochanteric intervertebral
    intussusception ipratropium ischaemia ischaemic ischemia ischemic ischium jejunum jugular kaposi keratitis
    kernicterus ketoacidosis klebsiella korsakoff kwashiorkor lacrimal laryngoscopy latissimus leishmania leishmaniasis
    leptospira leptospirosis leukemic leukoplakia levamisole levator listlessness lobectomy lumbosacral lunate luteal
    lymphadenopathy lymphomatous macrocytic macrolide malleolus malleus mandibular manubrium marasmus marfan mastication
    maxillary mebendazole meckel meconium mediastinal mediastinum medullary mefloquine megaloblastic melphalan menarche
    meniere meninges mesenteric mesenterium metacarpal metaphysis metatarsal methyldopa methysergide microcephaly
    microcytic micturition mitral multigravida multiparous myasthenia mycobacterium mycoplasma myeloid myeloma
    myocardium myometrium myopathy myositis myxedema nasolacrimal neisseria neoplasm neoplastic neostigmine nephritis
    nephropathy nephrosis neuroblastoma neurofibromatosis neuroleptic neuropathy nevus nitroprusside normocytic
    nulliparous nystagmus obturator occiput oculomotor odontoid olecranon oligohydramnios oliguria omentum
    ophthalmoplegia opisthotonus orbicularis orchitis organophosphate organophosphorus oropharynx ossicle osteoblast
    osteoclast osteogenesis osteoid osteomalacia osteosarcoma oxytocin paget pancytopenia papilledema papilloma
    paracentesis parasympathetic parasympathomimetic parathyroid paresis paresthesia parotid paroxysmal patella patellar
    pathognomonic pectoralis pediculosis pellagra pemphigoid pemphigus pericardium perineal perineum periosteum
    peritoneal peritoneum peroneal phenylketonuria pheochromocytoma phrenic physostigmine pilocarpine pinealoma
    piriformis plasmapheresis plasmodium pleura pleurisy pneumoconiosis pneumocystis pneumonectomy polycythemia
    polydactyly polyhydramnios polymyalgia porphyria pralidoxime praziquantel primaquine primigravida primiparous
    procainamide proctitis pronation pronator prostaglandin pseudomonas psoas pterygoid ptosis pulsus purpura pyloric
    pylorus pyogenic pyridostigmine quadriplegia quinidine radiolucent radiopaque raynaud reticulocyte reticulocytosis
    retinoblastoma retinopathy retroperitoneal rhabdomyoma rheumatism rickets rickettsia rubor sacral sacrum salmeterol
    salmonellosis salpingitis saphenous sarcoid sarcoidosis sartorius scaphoid schistosoma schwannoma sclera scleroderma
    scurvy sella seminoma septicemia seroconversion shigella sialadenitis sinoatrial sjogren soleus somatostatin
    spermatic sphenoid sphincter splenectomy splenic splenomegaly spondylosis stapes staphylococcus steatorrhea
    sternocleidomastoid streptococcal streptococcus streptomycin stridor strongyloides subclavian subscapularis
    sulfonylurea supination supinator supraspinatus sympathomimetic synovial systole tachyphylaxis taenia tamponade
    tarsal teratogen teratogenic teratoma testis tetracycline tetralogy thalassemia theophylline thiazide thrombin
    thrombolysis thrombolytic thrombophlebitis thyroidectomy thyroiditis thyrotoxicosis thyroxine tocolytic tophi
    torticollis toxoplasma toxoplasmosis trabecular treponema tricuspid trigeminal trochanter trochlear trypanosoma
    tubercle tuberosity turbinate typhus ulnar ureteric urethritis uvea uveitis vagal vagus valgus valvular varices
    varicocele varus vasculitis vasoconstriction vasoconstrictor vasodilation vasodilator vasospasm vestibular vibrio
    vinblastine vincristine virchow vitreous volvulus wernicke wilms xerophthalmia yersinia zafirlukast zollinger
    zygomatic
"""

PLAIN: Final = """
    abduction adduction aetiologic anatomical anterior antibodies antigen bacilli bacillus blocker bursae carcinogenic
    cerebrum chorionic coagulation cochlea crackles crepitus deficient deltoid dermis distal drugs erythrocyte etiologic
    femoral flexion foramen fossa ganglion glands glottis gravida histologic histological histology incisor incubation
    indications infants inhibitors joints lactate lateral leukocyte lymphocyte mandible maxilla medial medulla
    metastasize microbiology murmurs muscles myelin nephron nerves nodule obstetrical olfactory overdosage palsies
    parasite parasitic pathologic pathological pathologist pharynx pituitary placental plexus posterior quadriceps
    radius rales regimen regurgitation rhonchi scapula stenotic stricture tendons thorax thymus trapezius triceps
    ventricle vertebrae
"""

FAINT: Final = """
    commonest drains manifestation presents somatic
"""

STRONG_PAIRS: Final = """
    abruptio_placentae absence_seizure ace_inhibitor acid_fast acute_abdomen acute_pancreatitis acute_renal
    addisons_disease adrenal_cortex adrenal_gland adrenal_medulla alzheimers_disease anion_gap antibody_titer
    antidote_for antidote_of antigen_presenting aortic_valve apgar_score arterial_supply attenuated_vaccine auer_rod
    bamboo_spine barium_enema barium_swallow basal_cell becks_triad bells_palsy bence_jones beta_blocker bitot_spot
    bleeding_time blood_culture blood_smear blood_supply bouchard_node bowel_obstruction brachial_plexus brudzinski_sign
    bundle_branch butterfly_rash calcium_channel cancer_of carcinoma_of cardiac_arrest cardiac_cycle cardiac_muscle
    cardiac_output carotid_artery carpal_bone causative_agent causative_organism cavernous_sinus chagas_disease
    channel_blocker charcot_triad chest_xray chronic_renal chvostek_sign circle_willis claw_hand cleft_lip cleft_palate
    clotting_factor clotting_time club_foot cold_agglutinin colles_fracture coma_scale commonest_cause commonest_site
    compartment_syndrome compound_fracture contraindicated_in coombs_test cord_compression coronary_artery cranial_nerve
    crohns_disease csf_leak ct_abdomen cushing_triad cushings_syndrome deciduous_teeth deep_tendon deficiency_causes
    deficiency_leads deficiency_of dengue_fever dental_caries diabetes_insipidus diabetic_ketoacidosis dislocation_of
    down_syndrome drug_causes drug_reaction drug_toxicity drug_used ductus_arteriosus duodenal_ulcer ectopic_pregnancy
    ejection_fraction enzyme_deficient ewing_sarcoma facial_artery facial_nerve factor_viii femoral_artery
    femoral_triangle fleischer_ring following_drugs foot_drop foramen_magnum foramen_ovale fracture_humerus fracture_of
    gastric_ulcer gauchers_disease general_anaesthesia giant_cell gingival_hyperplasia glasgow_coma goblet_cell
    gram_negative gram_positive graves_thyroid growth_hormone gum_hypertrophy hallmark_histology hansens_disease
    hashimotos_thyroiditis heart_block heart_sound heberden_node heinz_body hepatic_encephalopathy hip_fracture
    hookworm_infection horners_syndrome howell_jolly huntingtons_disease incubation_period indirect_hernia infection_of
    inflammation_of inguinal_canal inhalational_anesthetic injury_to is_diagnosed janeway_lesion jugular_foramen
    kawasaki_disease kayser_fleischer kernig_sign klinefelter_syndrome koplik_spot krukenberg_tumor lactic_acidosis
    large_bowel left_atrium lithium_level lithium_toxicity live_attenuated liver_abscess liver_cirrhosis liver_disease
    liver_failure loading_dose local_anaesthetic loop_diuretic lumbar_puncture lung_abscess lung_disease
    lymphatic_drainage mantoux_test mao_inhibitor maoi_inhibitor marfan_syndrome mast_cell mcburneys_point median_nerve
    metabolic_acidosis metabolic_alkalosis mitral_valve molar_pregnancy murphys_sign muscle_relaxant muscle_supplied
    nephrotic_syndrome nerve_injury nerve_palsy nerve_root nerve_supply neural_tube neuromuscular_blocking
    nosocomial_infection oblique_muscle of_poisoning opportunistic_infection optic_disc optic_nerve oral_contraceptive
    oral_hypoglycemic organism_causing osler_node pagets_disease parathyroid_hormone parkinsons_disease peptic_ulcers
    pericardial_effusion peripheral_smear permanent_molar phalens_test philadelphia_chromosome pituitary_gland
    placenta_previa placental_abruption plasma_cell pleural_effusion poisoning_is pompe_disease portal_hypertension
    portal_vein potassium_sparing prothrombin_time proton_pump pulmonary_artery pulmonary_embolism purkinje_fiber
    q_fever radial_nerve radius_bone rectal_bleeding rectus_muscle reed_sternberg renal_artery renal_failure renal_stone
    respiratory_acidosis respiratory_alkalosis reye_syndrome rheumatic_fever rib_fracture right_atrium right_ventricle
    rose_spot rotator_muscle roth_spot rovsing_sign salivary_gland scarlet_fever schilling_test schirmer_test
    sciatic_nerve septal_defect sickle_cell sigmoid_colon sinus_node small_bowel spinal_cord spinal_nerve squamous_cell
    status_epilepticus stools_rice storage_disease strawberry_tongue stroke_volume tay_sachs therapeutic_index
    therapeutic_window thyroid_gland tinels_sign tonic_clonic tooth_eruption torsion_testis trendelenburg_test
    tricyclic_antidepressant trousseau_sign tuberculin_test tumor_marker tumor_of tumour_marker tumour_of
    turner_syndrome turners_syndrome type_hypersensitivity typhoid_fever ulnar_nerve undescended_testis urine_culture
    urine_output used_treat vagus_nerve vena_cava venous_drainage vitamin_deficiency von_gierke von_willebrand
    widal_test wilms_tumor wilms_tumour wilsons_disease winged_scapula wrist_drop x_ray yellow_fever
"""

PLAIN_PAIRS: Final = """
    artery_is common_cause diagnosis_is following_drug gram_stain inferior_vena is_diagnosis likely_diagnosis muscle_is
    nerve_is of_choice pathological_finding superior_vena which_artery which_bone which_drug which_enzyme which_hormone
    which_muscle which_nerve which_organism which_vitamin
"""

HARMLESS: Final = """
    ad_blocker agile_methodology border_radius browser_extension chopstick_receptor chrome_extension circle_radius
    crop_rotation css_rotation drug_cartel drug_lord earth_rotation eigen_vector extension_method extension_of
    feature_vector image_rotation lateral_move muscles_car of_radius plaque_award pop_blocker posterior_distribution
    posterior_probability radius_of rotation_matrix sharpe_feature support_vector unit_vector vector_of vector_space
"""
