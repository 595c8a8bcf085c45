"""What laymen say of their bodies, children and visits to doctors, from general knowledge. Data only.

Any of `PARTS` followed by any of `TROUBLES` is a strong pair, and `my` before any of them a plain one.
"""

from typing import Final

STRONG: Final = """
    abscess abscessed afib anemic anesthetist angiogram anorexic athletesfoot biopsies bladder blister botox braxton
    breastfed breastfeed bronchiolitis bruise bruised bruxism bulimic bursitis catheterised circumcised circumcision
    colonoscopies colposcopy croup croupy dayquil decongestant dietitian endoscopies eyelids frostbite frostnip gumline
    hangnail hashimoto heatstroke hospitalised hysterectomies ibd ibs iui kegel lice nosebleed nyquil orthotics overbite
    ovulated pepto phlegmy pimples plantar podiatrist prolapsed puffiness relapsed scabbed sedated suicidal tums
    underbite warts woozy
"""

PLAIN: Final = """
    aches achey allergies ambulance anus bloated callus checkups clitoris condom counsellor cramps crutches detox
    dieting dislocate doses dyslexic ejaculate ejaculation erectile fainted faints fevers fissure freckle gash gassy
    hurts illness inhaled intestines intolerance itches labia libido limps livers lotion medicated ovaries overactive
    overweight peed penile pooping poops rectum scabby scrotal semen shaky sneezes snores snot snotty sperm splinter
    stiffness swelled testicles throbs thrush tingles twitches underactive underweight
"""

FAINT: Final = """
    concerned constantly granddaughter grandson lately lifting relief relieve remedy soak soothe suddenly
"""

PARTS: Final = """
    ankle ankles arm arms back belly bone bones bottom breast breasts butt calf calves cheek chest chin ear ears elbow
    elbows eye eyelid eyes face feet finger fingers foot forearm forehead groin gum gums hamstring hand hands head heel
    heels hip hips jaw joints kidney knee knees lip lips lung mouth muscle muscles nail neck nipple nipples nose penis
    rib ribs scalp shin shins shoulder shoulders skin spine stomach tailbone teeth testicle testicles thigh thighs
    throat thumb toe toenail toes tongue tonsils tooth tummy vagina wrist wrists
"""

TROUBLES: Final = """
    ache aches aching bleed bleeding bleeds bruise bruised burning burns clicking clicks cracking cracks cramp cramping
    cramps discomfort hurt hurts infected infection injury itch itches itching itchy killing locks lump numb numbness
    oozing pain painful popping pops pressure puffy rash ringing sore spasm spasms sprain stiff stiffness stinging
    surgery swell swelling swollen throbbing tightness tingle tingles tingling tingly twitch twitches twitching weakness
"""

STRONG_PAIRS: Final = """
    a_cavity a_cough a_fever a_mole a_rash a_specialist acid_stomach acl_surgery acl_tear after_birth after_surgery
    after_workout alcohol_while alcohol_with allergy_medicine allergy_test alt_level altitude_sickness always_cold
    always_thirsty am_pregnant anal_fissure anal_itching anxiety_med anxiety_medication appendix_out arm_weakness
    ast_level avoid_surgery baby_acne baby_cough baby_fever baby_hasnt baby_keeps baby_poop baby_teeth baby_wont
    back_surgery bad_headache bakers_cyst bariatric_surgery barking_cough be_pregnant bed_wetting been_killing
    been_ringing before_surgery bile_duct birth_plan bitter_taste black_eye black_poop black_stool blacked_out
    bladder_control bleeding_after bleeding_between bleeding_during bleeding_from blood_donation blood_draw blood_result
    blood_transfusion blood_type blood_urine blood_vessel bloodshot_eye bloody_mucus bloody_nose blue_lips blurred_sight
    bow_legs brain_bleed brain_fog brain_tumor breast_augmentation breast_exam breast_fed breast_pain breast_pump
    breast_reduction breastfeeding_and broken_ankle broken_arm broken_collarbone broken_foot broken_hand broken_leg
    broken_nose brown_discharge bulging_disc bump_on bump_under bumped_head bumps_on burn_blister burning_feet
    burning_in burning_pee bypass_surgery cancer_screening cancer_treatment canker_sore cant_breath cant_pee cant_poop
    cant_swallow car_sick cat_bit cataract_surgery cavity_filling cervical_screening chesty_cough child_fever
    child_swallowed child_vomiting childhood_vaccines chipped_tooth cholesterol_is cholesterol_level
    cholesterol_medicine cholesterol_number chronic_headache chronic_pain clogged_ear cloudy_urine cluster_headache
    cold_medicine cold_sweat cold_symptom colon_polyp compression_sock compression_stocking control_pill cortisone_shot
    cough_for cough_medicine cough_syrup cough_that coughing_up covid_booster covid_symptom covid_test covid_vaccine
    cpap_machine cracked_heel cracked_skin cracked_tooth dark_circle dark_urine deep_cut degenerative_disc degree_fever
    dental_crown dental_filling depression_medication deviated_septum diabetic_foot difficulty_breathing dizzy_every
    dizzy_spell dizzy_when doctor_said doctor_told dog_bit double_dose drink_on drink_while drug_interaction dry_cough
    dry_eyes dry_patch dry_scalp dull_ache dull_pain during_pregnancy ear_drops ear_drum ear_ringing ear_tubes ear_wax
    ears_pop ears_ring ears_ringing elevated_liver embryo_transfer enlarged_prostate erectile_dysfunction
    excessive_sweating excessive_thirst eye_doctor eye_floater eye_infection eye_strain eye_surgery eye_twitch
    face_drooping facial_droop faint_spell fainting_spell fatty_liver febrile_seizure feel_faint feeling_dizzy
    ferritin_is fever_and fever_for fever_is fifth_disease flaky_skin flat_feet flu_symptom flu_vaccine food_poison
    foot_mouth formula_fed frequent_urination frozen_shoulder gall_bladder gall_stone gallbladder_out
    gallbladder_removed gallbladder_surgery ganglion_cyst gas_pains gastric_bypass gastric_sleeve genital_herpes
    genital_wart gestational_diabetes get_dizzy get_tested get_vaccinated getting_dizzy getting_pregnant go_er
    golfers_elbow graves_disease green_mucus green_poop green_snot grinding_teeth growing_pains growth_spurt
    hair_falling hair_thinning hairline_fracture hammer_toe hand_foot hand_tremor hard_stool has_fever hasnt_eaten
    hasnt_pooped have_surgery having_gallbladder having_surgery head_lice headache_for headache_that headaches_for
    hearing_test heart_condition heart_flutter heart_medication heart_medicine heart_pounding heart_problem heart_racing
    heart_rate heart_rhythm heart_skips heart_stent heart_surgery heart_valve heating_pad heavy_period heel_spur
    her_tested hernia_repair hernia_surgery herniated_disc herniated_disk hiatal_hernia high_bilirubin high_blood
    high_liver high_potassium high_temperature high_triglyceride high_tsh him_tested hip_dysplasia hip_surgery hit_head
    hives_on hot_flashes hpv_vaccine ibs_or ice_pack im_expecting im_pregnant in_labor in_poop in_stool in_urine
    induce_labor infant_fever infected_cut infected_wound insulin_pump insulin_resistance iron_level iron_pills
    irregular_period is_killing is_pregnant itchy_bump itchy_eyes itchy_rash itchy_scalp itchy_skin iud_insertion
    iud_removal jammed_finger keeps_forgetting keeps_vomiting kid_fever kidney_disease kidney_pain knee_surgery
    knock_knees late_talker lazy_eye lead_level leg_cramps leg_weakness light_headed loose_tooth losing_hair
    losing_vision losing_weight loss_appetite lost_appetite lost_taste low_blood low_hemoglobin low_iron low_platelet
    low_potassium low_testosterone low_tsh low_vitamin lower_abdomen lower_back lower_stomach lump_behind lump_near
    mallet_finger medication_for medicine_for memory_problem memory_test menstrual_cycle mental_breakdown metallic_taste
    milk_supply mini_stroke minor_burn mix_alcohol mmr_vaccine mole_on mole_that mosquito_bite motion_sickness
    mouth_sore mucus_plug muscle_ache muscle_pain muscle_spasm muscle_strain muscle_twitch my_cavity my_cycle
    my_medication my_meds my_moles my_ob my_obgyn my_prescription my_psychiatrist my_surgeon my_therapist nasal_polyps
    nasal_spray need_surgery nerve_pain new_mole newborn_jaundice newborn_sleep night_cramp night_terrors
    nipple_discharge no_appetite nose_bleed nose_job not_crawling not_gaining not_pooped not_pooping not_talking
    numb_finger numb_hands numb_toes numbness_in nursing_mother of_appetite off_antidepressant on_antibiotics
    on_antidepressants open_heart overactive_bladder overactive_thyroid pain_behind pain_down pain_during pain_med
    pain_medication pain_medicine pain_on pain_under painful_sex passing_out peeing_blood peeling_skin pelvic_floor
    pelvic_pain period_cramps pill_for pills_for pinched_nerve pins_needles plastic_surgery plugged_ear
    pneumonia_vaccine pooped_in positive_pregnancy post_nasal postpartum_depression potty_regression pregnancy_symptom
    pregnancy_test prenatal_vitamin prostate_problem puffy_eyes pulled_groin pulled_hamstring racing_heart
    radiation_therapy radiation_treatment rash_around rash_from rash_that receding_gum red_bump red_cells red_eye
    red_rash red_spots refuses_eat remove_stitches ringing_in rolled_ankle roseola_rash rusty_nail safe_during
    safe_pregnancy safe_take scaly_patch scaly_skin scarlet_fever seasonal_allergies seasonal_allergy
    seasonal_depression sensitive_teeth sex_hurts shaking_hands shaky_hands sharp_pain shin_splint shingles_shot
    shingles_vaccine short_breath sinus_headache sinus_pressure skin_around skin_graft skin_infection skin_lesion
    skip_dose skipped_period sleep_aid sleep_paralysis sleep_study sleep_walking slipped_disc slipped_disk slow_growth
    slurred_speech smashed_finger sober_living social_anxiety sore_breast sore_muscle sore_nipple speech_delay spf_skin
    spider_bit spider_vein spinal_fusion spinal_stenosis spitting_up spotting_after spotting_between sprained_wrist
    stage_cancer std_test steroid_cream steroid_injection steroid_shot sti_test stiffness_in stitches_out stomach_acid
    stomach_bug stomach_cramp stomach_flu stomach_ulcer stool_test stop_bleeding stop_vomiting strep_throat
    stress_fracture stretch_mark stuffed_nose sudden_headache sugar_level suicidal_thought sun_poisoning sun_rash
    sun_spots surgery_for surgery_is surgery_on surgery_recovery sweating_at sweaty_palms swimmers_ear swollen_belly
    swollen_eye swollen_eyelid swollen_face swollen_finger swollen_foot swollen_hand swollen_joint swollen_knee
    swollen_legs swollen_lymph swollen_neck swollen_node swollen_tongue swollen_tonsil take_antibiotic take_aspirin
    take_benadryl take_ibuprofen take_tylenol teeth_grinding teeth_removed teeth_whitening tender_breast
    tension_headache testicular_pain testicular_torsion tetanus_booster the_er threw_up throwing_up thyroid_medication
    thyroid_medicine thyroid_nodule thyroid_problem tick_bit tightness_in tingling_feet tingling_in to_doctor to_er
    to_pee toddler_fever toddler_has toddler_keeps toddler_rash toddler_wont tongue_tie tonsils_out tonsils_removed
    tooth_abscess tooth_infection tooth_pulled tooth_removed torn_rotator tract_infection trigger_finger trimester_of
    trouble_breathing trouble_sleeping trouble_swallowing trying_conceive twisted_ankle type_diabetes
    underactive_thyroid unexplained_weight upper_back upset_stomach urinary_tract uterine_fibroid vaccine_schedule
    vaginal_discharge vaginal_dryness varicose_vein vision_loss vitamin_a vitamin_b0 vitamin_e vitamin_k wasp_sting
    water_broke water_ear water_pill watery_eyes weak_leg weeks_postpartum wet_cough when_pee when_pregnant
    while_breastfeeding while_expecting white_cells white_discharge white_patch white_spots with_antibiotics wont_drink
    wont_poop yellow_mucus
"""

PLAIN_PAIRS: Final = """
    after_eating after_lifting after_meals always_tired baby_has baby_sleep dark_spot fall_asleep falling_asleep
    feel_tired feel_weak gas_pain get_sick going_away got_sick head_injury heal_from healing_time how_contagious
    hurting_after hurting_for hurts_after hurts_and hurts_so i_worried it_hurts long_contagious low_sodium mg_of
    months_old normal_for not_healing of_breath see_someone should_worry so_tired sore_after spit_up stay_asleep
    still_contagious that_hurts tired_all to_heal when_bend when_breathe when_cough when_sneeze when_swallow when_walk
    while_running wont_heal x_rays yr_old
"""

HARMLESS: Final = """
    a_bug arm_chair back_button back_door back_end back_garden back_then back_yard boost_asio bottom_nav bug_fix bug_in
    bug_report bugs_bunny bugs_in burn_calories cabin_fever cast_iron cast_member cast_to cd_burn chemical_element
    code_smell cold_brew cold_case cold_war come_back computer_bug cream_cheese cream_of cream_soup cut_down cut_in
    cut_into cut_off cut_out cut_scene cut_the disco_fever doctor_zhivago dr_dre dr_seuss dr_who drop_table drops_below
    embrace_it eye_candy face_id face_value fever_dream fever_pitch full_marks gaming_chair gap_year get_back give_back
    go_back haircut_short hand_made hand_side head_tail heart_container heavy_cream ice_cream inner_join knee_deep
    labs_report left_hand left_join leg_day leg_room leg_warmers my_bug old_year operation_on outer_join period_drama
    period_piece power_drill pumping_iron rate_widget right_hand right_join saturday_fever screen_rate screen_shot
    setstate_effect shot_glass shot_of shots_of slap_shot sore_subject sour_cream tear_apart tear_down tear_off the_bug
    the_cast this_bug time_period type_cast walking_dead whipped_cream whipping_cream x_axis
"""
