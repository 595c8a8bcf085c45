"""What laymen say of their bodies, children and visits to doctors, from general knowledge. Data only.

Any of `PARTS` followed by any of `TROUBLES` is a strong pair, and `my` before any of them a plain one.
"""

from typing import Final

STRONG: Final = """
    abscess abscessed afib anemic anesthetist angiogram anorexic athletesfoot biopsies bladder blister botox braxton
    breastfed breastfeed bronchiolitis bruise bruised bruxism bulimic bursitis catheterised circumcised circumcision
    colonoscopies colposcopy croup croupy dayquil decongestant dietitian dosed endoscopies eyelids frostbite frostnip
    gumline hangnail hashimoto heatstroke hospitalised hysterectomies ibd ibs iui kegel lice nosebleed nyquil orthotics
    otc overbite overmedicated ovulated pepto phlegmy pimples plantar podiatrist prolapsed puffiness relapsed scabbed
    sedated suicidal tums underbite warts woozy
"""

PLAIN: Final = """
    aches achey allergies ambulance anus bloated callus checkups clitoris condom counsellor cramps crutches detox
    dieting dislocate doses dyslexic ejaculate ejaculation erectile fainted faints fevers fissure freckle gash gassy
    hurts illness inhaled intestines intolerance itches labia libido limps livers lotion medicated ovaries overactive
    overweight peed penile pooping poops rectum refill scabby scrotal semen shaky sneezes snores snot snotty sperm
    splinter stiffness swelled taper tapering testicles throbs thrush tingles twitches underactive underweight
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
    ache aches aching bruise burning burns clicking clicks cracking cracks cramp cramping cramps discomfort hurt hurts
    injury itch itches itching itchy locks lump numb numbness oozing pain painful popping pops rash ringing sore sprain
    stiff stiffness stinging swell swelling throbbing tightness tingle tingles tingling tingly twitch twitches twitching
    weakness
"""

STRONG_PAIRS: Final = """
    a_cavity a_cough a_fever a_mole a_rash a_specialist acid_stomach after_birth after_workout alcohol_while
    alcohol_with alt_level altitude_sickness always_cold always_thirsty anal_fissure anal_itching anxiety_med
    appendix_out arm_weakness ast_level baby_cough baby_fever baby_hasnt baby_keeps baby_poop baby_teeth baby_wont
    bad_headache barking_cough bed_wetting been_killing been_ringing bile_duct birth_plan bitter_taste black_eye
    black_poop black_stool blacked_out blood_donation blood_draw blood_result blood_type blood_vessel bloody_mucus
    bloody_nose blue_lips blurred_sight bow_legs brain_fog breast_augmentation breast_exam breast_fed breast_pump
    breast_reduction broken_ankle broken_arm broken_collarbone broken_foot broken_hand broken_leg broken_nose
    brown_discharge bulging_disc bump_on bump_under bumped_head bumps_on burning_feet burning_in burning_pee cant_breath
    cant_pee cant_poop cant_swallow car_sick cat_bit cavity_filling chesty_cough child_fever child_swallowed
    childhood_vaccines chipped_tooth clogged_ear cluster_headache cold_sweat compression_sock compression_stocking
    cough_for cough_syrup cough_that coughing_up cpap_machine cracked_heel cracked_skin cracked_tooth dark_circle
    deep_cut degenerative_disc degree_fever dental_crown dental_filling deviated_septum difficulty_breathing dizzy_every
    dizzy_spell dizzy_when doctor_said doctor_told dog_bit double_dose drink_alcohol drink_on drinking_alcohol
    drug_class drug_interaction dry_cough dry_eyes dry_patch dry_scalp dull_ache dull_pain ear_drops ear_drum
    ear_ringing ear_tubes ear_wax ears_pop ears_ring ears_ringing elevated_liver embryo_transfer empty_stomach
    erectile_dysfunction excessive_sweating excessive_thirst extended_release eye_doctor eye_floater eye_strain
    eye_twitch face_drooping facial_droop faint_spell fainting_spell fatty_liver feel_faint feeling_dizzy fever_and
    fever_for fever_is flaky_skin flat_feet food_poison foot_mouth forgot_dose formula_fed frozen_shoulder gall_stone
    gas_pains generic_version get_dizzy get_tested get_vaccinated getting_dizzy go_er golfers_elbow green_mucus
    green_poop green_snot grinding_teeth growing_pains growth_spurt hair_falling hair_thinning hammer_toe hand_foot
    hard_stool has_fever hasnt_eaten hasnt_pooped headache_for headache_that headaches_for hearing_test heart_condition
    heart_flutter heart_pounding heart_problem heart_racing heart_rate heart_rhythm heart_skips heart_valve heating_pad
    heavy_period heel_spur her_tested high_blood high_liver high_potassium high_temperature him_tested hit_head hives_on
    hot_flashes ice_pack im_expecting in_labor in_poop in_stool induce_labor infected_cut interact_with iron_level
    iron_pills irregular_period is_killing itchy_bump itchy_eyes jammed_finger keeps_forgetting kid_fever knock_knees
    late_talker lazy_eye lead_level leg_cramps leg_weakness light_headed loose_tooth losing_hair losing_vision
    losing_weight loss_appetite lost_appetite lost_taste low_blood low_hemoglobin low_iron low_platelet low_potassium
    low_vitamin lower_abdomen lower_back lower_stomach lump_behind lump_near mallet_finger max_dose maximum_dose
    memory_problem memory_test mental_breakdown metallic_taste milk_supply minor_burn miss_dose missing_dose mix_alcohol
    mole_on mosquito_bite motion_sickness mouth_pipetting mouth_sore mucus_plug muscle_strain my_cavity my_cycle my_meds
    my_moles my_ob my_therapist nasal_polyps nasal_spray new_mole newborn_sleep night_cramp night_terrors
    nipple_discharge no_appetite nose_job not_crawling not_gaining not_pooped not_pooping not_talking numb_finger
    numb_hands numb_toes numbness_in nursing_mother of_appetite on_antibiotics open_heart pain_behind pain_down
    pain_during pain_med pain_on pain_under painful_sex passing_out peeling_skin period_cramps pinched_nerve
    pins_needles plugged_ear pooped_in post_nasal potty_regression puffy_eyes pulled_groin pulled_hamstring racing_heart
    radiation_therapy radiation_treatment rash_around receding_gum red_bump red_cells red_eye red_rash red_spots
    refuses_eat remove_stitches ringing_in rolled_ankle roseola_rash rusty_nail safe_during safe_take scaly_patch
    scaly_skin scarlet_fever seasonal_allergies seasonal_depression sensitive_teeth sex_hurts shaking_hands shaky_hands
    sharp_pain short_breath sinus_pressure skin_around skip_dose skipped_period sleep_aid sleep_study sleep_walking
    slipped_disc slipped_disk slow_growth slurred_speech smashed_finger sober_living social_anxiety speech_delay
    spf_skin spider_bit spider_vein spitting_up spotting_after spotting_between stiffness_in stitches_out stomach_acid
    stomach_bug stool_test stop_taking stopped_taking stretch_mark stuffed_nose sudden_headache sugar_level
    sun_poisoning sun_rash sun_spots sweating_at sweaty_palms swimmers_ear teeth_grinding teeth_removed teeth_whitening
    tender_breast tension_headache threw_up throwing_up tick_bit tightness_in tingling_feet tingling_in to_doctor to_er
    to_pee toddler_has toddler_keeps toddler_wont tongue_tie tooth_pulled tooth_removed torn_rotator trigger_finger
    trouble_breathing trouble_sleeping trouble_swallowing trying_conceive twisted_ankle unexplained_weight upper_back
    upset_stomach vaccine_schedule vision_loss vitamin_a vitamin_b0 vitamin_e vitamin_k wasp_sting water_broke water_ear
    watery_eyes weak_leg wean_off wet_cough while_expecting white_cells white_discharge white_patch white_spots
    with_antibiotics wont_drink wont_poop yellow_mucus
"""

PLAIN_PAIRS: Final = """
    after_eating after_lifting after_meals always_tired baby_has been_taking broke_my cold_turkey dark_spot fall_asleep
    falling_asleep feel_tired feel_weak gas_pain generic_for going_away head_injury hurting_after hurting_for i_worried
    kick_in low_sodium normal_for of_breath see_someone should_worry so_tired spit_up started_taking stay_asleep
    taken_with times_daily tired_all to_heal twice_daily wear_off when_bend when_breathe when_swallow when_walk
    while_running with_alcohol wont_heal x_rays yr_old
"""

HARMLESS: Final = """
    back_button back_door back_end back_garden back_then back_yard burn_calories cabin_fever cold_brew cold_case
    cold_war come_back cream_cheese cream_of cream_soup cut_down cut_in cut_into cut_off cut_out cut_scene disco_fever
    doctor_zhivago eye_candy fever_dream fever_pitch gap_year get_back give_back go_back hand_made hand_side heavy_cream
    ice_cream knee_deep left_hand period_drama period_piece right_hand saturday_fever sore_subject sour_cream
    time_period whipped_cream whipping_cream
"""
