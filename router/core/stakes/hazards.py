"""Words of danger to people, and of attacks on computers, from general knowledge. Data only.

A noun stands in the singular; `topics` adds its plural. What schools teach of both (acid, voltage, encryption) is plain
or faint.
"""

from typing import Final

DANGER_STRONG: Final = """
    acetonitrile alara antifreeze arson arsonist asbestos asbestosis asphyxiant asphyxiate asphyxiation autoclave
    autoclaved autoclaving azide biocontainment biohazard biohazardous biosafety bloodborne bsl butyllithium carcinogen
    carcinogenic carjack coshh coveralls cryogen cryogenics decontaminate decontamination deflagration dichromate
    doffing dosimeter dosimetry earplug electrocute electrocuted electrocutes electrocuting electrocution ethidium
    explosimeter explosives eyewash firearm fireproofing flammability flammables flue fumehood fumigate gfci glovebox
    goggles gunshot handgun hazcom hazmat hexafluoride hydrazine hydrofluoric isocyanate kidnapped lachrymator lockout
    meth methamphetamine methylmercury molestation molested msds needlestick niosh organophosphate osha overdosing
    oxidizers perchlorate perchloric peroxidizable phosgene phosphine picric poisoned ppe pyrophoric radiological
    radionuclide raped rapist recapping respirator rewire rewiring scba selfharm selfharming silicosis spillage strangle
    strangled suffocate suffocation suicidal suicide tagout teratogen teratogenic tetroxide thermite toluidine
    trichloroethylene ultracentrifuge ungrounded whmis
"""
DANGER_PLAIN: Final = """
    abducted abuse abused abuser abusive airbag ammunition amperage biocide blaze bleach bleaching blowtorch bomb brake
    breaker carbon carcinogens caustic centrifuge chainsaw chloroform choke combustible confined corrosive coverall
    cryogenic cyanide decontaminated degreaser detector detonate detonator dewar disinfect disinfectant donning drown
    drowned drowning earthing electrician evacuate evacuation explosion explosive extinguisher firefighter fireworks
    flammable flashpoint forklift formaldehyde formalin frayed fume fumes gasoline gloved grenade guardrail gun hazard
    hazardous herbicide hotline incendiary inflammable inhale inhaled insecticide intruder irritant jackstand ladder
    listeria loaded lye monoxide mothball nitrile overheated overheating overheats overloaded oxidiser oxidizer
    oxidizing peroxide pesticide phenol pipette pipetting poison poisonous poisons propane radioactive radioisotope
    radon rape rcd rifle salmonella scaffold scaffolding scald scalding sds seatbelt sharps sievert smoke smoldering
    snakebite solvent sparking spills splashes stabbed stalked stalker stepladder sterilise sterilised sterilize
    sterilized stun sulphuric swallowed taser threaten threatened threatening toxin trench unattended undiluted unsafe
    venomous ventilated violence violent weapon welder welding wildfire wiring
"""
DANGER_FAINT: Final = """
    acetone acid acids alarm alone ammonia attack baby bacterial badge basement bench bigger biological blade boiler
    burn burned caught chemical child children circuit cleaner contaminated contamination cord cylinder cylinders danger
    dangerous dangers die disposal dying electric electrical emergency escape ether ethers evacuated exposed exposure
    extension eyes fire gas generator glove gown grease grounding handling harm harness heater helmet hierarchy hood
    hoods hurt hurting ignite infectious inhaling install kid kill knife lab laboratory laser lasers leak leaking lift
    lithium mains melted mercury mix mixing mold mould needle needles nitric outlet oven overheat overload panel plug
    protection protective roof rotor safe safely safety sash scared shock shocked smell socket sparks spill spilled
    splash splashed sprinkler suffering swollen toddler toxic trapped tripped tripping tubes ventilate ventilation
    vinegar volt voltage waste weld wire wires worker workplace
"""

ATTACK_STRONG: Final = """
    backdoor botnet clickjacking cryptojacking csrf cve ddos exfiltrate exfiltrated exfiltration infosec keylogger
    malware metasploit mimikatz owasp pentest pentester pentesting phished phishing ransomware rootkit siem smishing
    spearphishing spyware sqli ssrf vishing vulnerability xss zeroday
"""
ATTACK_PLAIN: Final = """
    antivirus attacker authentication authenticator breach breached compromised credential cyber cyberattack
    cybersecurity decrypt exploit exploited exploiting firewall hacked hacker hacking hijack hijacked iam leaked
    login mfa oauth passphrase password penetration privilege secrets spoofed spoofing sso sudo tls token trojan
    unpatched vpn vulnerable worm
"""
ATTACK_FAINT: Final = """
    access account admin administrator attack bypass certificate cloud computer configuration disclosure email
    encrypt encrypted encryption endpoint incident injection kernel key laptop link lock mitigate network patch
    permission port production protect reset root secure security server session suspicious system unauthorized user
    website wifi
"""

DANGER_STRONG_PAIRS: Final = """
    acid_be acid_burn acid_spill acid_splash acid_waste add_acid adding_acid administrative_control aluminum_wiring
    ammonia_and and_ammonia and_bleach angle_grinder arc_flash assembly_point automatic_shutoff bare_wire battery_acid
    biological_cabinet biological_hazard biological_indicator biological_spill biological_waste biosafety_level
    black_mold bleach_and blood_borne blood_spill breaker_box broken_thermometer bump_test burning_smell
    cabinet_protects carbon_monoxide catches_fire catching_fire caught_fire centrifuge_rotor chemical_burn
    chemical_exposure chemical_fire chemical_hygiene chemical_label chemical_spill chemical_splash chemical_storage
    chemical_waste chemistry_lab child_abuse circuit_breaker cleaning_chemical closed_toe closed_toed clothes_catch
    clothing_fire co0_extinguisher co_alarm co_detector cold_burn combustible_dust concentrated_acid
    concentrated_hydrochloric concentrated_nitric concentrated_sulfuric confined_space contaminated_glove
    cryogenic_glove cryogenic_liquid cylinder_cap d_extinguisher diluting_acid diluting_concentrated diluting_sulfuric
    dispose_chemical domestic_abuse double_glove downed_power drain_cleaner dry_chemical dry_powder dust_explosion
    dust_mask ear_muff ear_protection electric_shock electrical_code electrical_fire electrical_hazard electrical_panel
    electrical_safety electrical_shock electrical_work emergency_evacuation emergency_exit energy_isolation
    engineering_control evacuate_building evacuation_drill evacuation_plan evacuation_procedure evacuation_route
    explosion_limit explosive_limit exposed_wire exposure_control exposure_limit extension_cord extension_lead
    extinguisher_for eye_hazard eye_protection eye_wash face_shield fall_arrest fall_protection film_badge fire_alarm
    fire_blanket fire_code fire_door fire_drill fire_exit fire_extinguisher fire_hazard fire_triangle fire_warden
    fire_watch first_aid flammable_cabinet flammable_chemical flammable_gas flammable_liquid flammable_solvent
    flammable_storage flammable_vapor flash_fire flush_eyes food_poisoning form_peroxide forms_peroxide full_face
    fume_cupboard fume_hood fuse_box gas_bottle gas_canister gas_cylinder gas_detector gas_leak gas_line gas_main
    gas_mask gas_regulator gas_smell generator_in generator_indoors generator_inside get_shocked gets_shocked ghs_label
    ghs_pictogram glass_disposal glove_removal gloves_protect gloves_when got_shocked grease_fire ground_wire gun_safe
    hard_hat harm_myself hazard_assessment hazard_communication hazard_label hazard_pictogram hazard_sign hazard_symbol
    hazardous_area hazardous_chemical hazardous_drug hazardous_material hazardous_substance hazardous_waste
    hearing_protection heat_exhaustion heat_stress hepa_filter hierarchy_control home_intruder hood_sash hot_surface
    hot_wire household_chemical hurt_myself hydrofluoric_acid hygiene_plan ignition_source in_centrifuge
    incompatible_chemical infected_blood infectious_agent infectious_material infectious_waste into_sharps kill_myself
    kitchen_fire lab_accident lab_bench lab_equipment lab_fridge lab_refrigerator lab_rule lab_safety lab_spill
    lab_waste lab_worker laboratory_accident laboratory_rule laboratory_safety laboratory_work laminar_flow laser_class
    laser_exposure laser_eyewear laser_goggle laser_hazard laser_radiation laser_safety laser_warning latex_glove
    lead_apron lead_paint lethal_concentration lifting_technique liquid_nitrogen lithium_battery live_wire loaded_gun
    lock_tag loose_wire machine_guard machine_guarding manual_handling mercury_spill mercury_thermometer metal_fire
    mixed_bleach mixing_chemical mouth_pipette mouth_pipetting muster_point nail_gun needle_disposal needle_stick
    neutral_wire never_recap nitrile_glove nitrogen_spill noise_exposure occupational_exposure occupational_hazard
    occupational_health occupational_safety oil_fire open_toed organic_solvent oven_cleaner oxygen_cylinder
    oxygen_deficiency oxygen_deficient oxygen_depletion oxygen_monitor paint_thinner permissible_exposure
    permit_required peroxide_former peroxide_forming peroxide_test personal_protective pilot_light pinch_point
    pipetting_by piranha_solution poison_control poison_ivy poison_oak power_line power_strip power_tool pressure_relief
    pressure_vessel propane_tank protective_clothing protective_equipment protective_eyewear protective_glove
    radiation_badge radiation_dose radiation_exposure radiation_protection radiation_safety radiation_worker
    radioactive_material radioactive_source radioactive_spill radioactive_waste rat_poison raw_sewage recap_needle
    recapped_needle recommended_exposure remove_glove removing_glove respiratory_protection rinse_eyes rotor_be
    rotor_must rotten_egg safety_boot safety_cabinet safety_data safety_glass safety_glove safety_goggle safety_harness
    safety_hazard safety_in safety_inspection safety_officer safety_precaution safety_relief safety_rule safety_shoe
    safety_shower safety_sign secondary_containment secure_cylinder self_harm self_igniting sharps_bin sharps_container
    shielding_for shocked_by silica_dust smell_gas smelling_gas smoke_alarm smoke_detector smoke_inhalation
    solvent_bottle solvent_fire solvent_storage solvent_waste space_heater spent_solvent spill_cleanup spill_kit
    spilled_acid spilled_chemical splash_goggle splashed_in splashed_on splashes_in spontaneous_combustion
    spontaneously_ignite spore_strip spore_test steel_toe sterilization_cycle store_chemical store_flammable
    storing_chemical storing_flammable storing_solvent surge_protector swollen_battery table_saw toilet_cleaner
    toxic_chemical toxic_fume toxic_gas toxic_substance toxic_vapor type_extinguisher unbalanced_rotor unlabeled_bottle
    used_needle uv_exposure violently_with waste_container waste_contaminated wear_glove wear_goggle wet_bench
    with_bleach wood_burner wood_dust wood_stove work_alone working_alone workplace_accident workplace_hazard
    workplace_safety workplace_violence
"""

DANGER_PLAIN_PAIRS: Final = """
    a_laboratory acetic_anhydride at_heights broken_glass bunsen_burner camping_stove catch_fire ceiling_fan chain_saw
    circular_saw compressed_gas contaminated_with dispose_of dog_attack dry_ice ear_plug electrical_outlet
    electrical_wiring emergency_shutdown emergency_stop eye_exposure fire_department gas_boiler gas_heater gas_hob
    gas_oven gas_stove glove_box gloves_and heat_lamp high_voltage hot_work hydrochloric_acid in_eye in_eyes
    incident_report inside_garage lab_coat laser_pointer light_fixture live_circuit near_miss negative_pressure
    nitric_acid pressure_cooker raw_chicken risk_assessment safely_dispose safety_check safety_equipment safety_valve
    skin_contact smoke_from snake_bite sodium_azide sodium_hydroxide space_heaters spider_bite spore_testing
    static_discharge sulfuric_acid sulphuric_acid the_laboratory to_waste ventilated_area water_acid well_ventilated
"""
