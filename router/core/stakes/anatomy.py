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
    abruptio_placentae ace_inhibitor acid_fast anion_gap antibody_titer antigen_presenting attenuated_vaccine auer_rod
    bamboo_spine barium_enema barium_swallow basal_cell becks_triad bence_jones beta_blocker bitot_spot blood_culture
    blood_supply bouchard_node brudzinski_sign bundle_branch butterfly_rash calcium_channel causative_agent
    causative_organism cavernous_sinus channel_blocker charcot_triad chvostek_sign circle_willis claw_hand cleft_lip
    cleft_palate clotting_factor clotting_time club_foot cold_agglutinin coma_scale commonest_cause commonest_site
    coombs_test cord_compression csf_leak ct_abdomen deciduous_teeth deep_tendon deficiency_causes deficiency_leads
    deficiency_of dental_caries dislocation_of drug_causes drug_reaction drug_used ejection_fraction enzyme_deficient
    facial_artery facial_nerve factor_viii femoral_triangle fleischer_ring foot_drop foramen_magnum foramen_ovale
    general_anaesthesia giant_cell glasgow_coma goblet_cell gram_negative gram_positive growth_hormone
    hallmark_histology heart_block heart_sound heberden_node heinz_body howell_jolly incubation_period injury_to
    kayser_fleischer kernig_sign koplik_spot left_atrium lithium_level live_attenuated liver_failure loading_dose
    mantoux_test mao_inhibitor maoi_inhibitor mast_cell mcburneys_point median_nerve murphys_sign muscle_relaxant
    muscle_supplied nerve_root nerve_supply neural_tube neuromuscular_blocking oblique_muscle of_poisoning optic_disc
    optic_nerve oral_hypoglycemic organism_causing osler_node peripheral_smear permanent_molar phalens_test
    philadelphia_chromosome placental_abruption plasma_cell poisoning_is portal_vein potassium_sparing prothrombin_time
    proton_pump purkinje_fiber q_fever radial_nerve radius_bone rectus_muscle reed_sternberg right_atrium
    right_ventricle rose_spot roth_spot rovsing_sign salivary_gland scarlet_fever schilling_test schirmer_test
    septal_defect sickle_cell sigmoid_colon sinus_node status_epilepticus stools_rice strawberry_tongue tay_sachs
    therapeutic_index therapeutic_window tinels_sign tonic_clonic tooth_eruption trendelenburg_test trousseau_sign
    tuberculin_test used_treat vena_cava von_gierke von_willebrand widal_test winged_scapula wrist_drop x_ray
    yellow_fever
"""

PLAIN_PAIRS: Final = """
    common_cause gram_stain inferior_vena of_choice superior_vena which_bone which_enzyme which_organism
"""

HARMLESS: Final = """
    ad_blocker border_radius circle_radius drug_cartel drug_lord lateral_move of_radius pop_blocker
    posterior_distribution posterior_probability radius_of
"""
