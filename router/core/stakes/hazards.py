"""Words of danger to people, and of attacks on computers, from general knowledge. Data only.

A noun stands in the singular; `topics` adds its plural. What schools teach of both (acid, voltage, encryption) is plain
or faint.
"""

from typing import Final

DANGER_STRONG: Final = """
    acetonitrile antifreeze arson arsonist asbestos asbestosis asphyxiant asphyxiate asphyxiation azide
    biocontainment biohazard biohazardous biosafety bloodborne bsl carcinogen carcinogenic carjack coshh
    decontaminate decontamination earplug electrocute electrocuted electrocutes electrocution ethidium explosives
    eyewash firearm fireproofing flammability flue fumehood fumigate gfci goggles gunshot handgun hazmat
    hydrofluoric isocyanate kidnapped meth methamphetamine methylmercury molestation molested msds needlestick niosh
    organophosphate osha overdosing perchloric phosgene picric poisoned ppe pyrophoric radiological raped rapist
    respirator rewire rewiring selfharm selfharming silicosis strangle strangled suffocate suffocation suicidal
    suicide tagout teratogen teratogenic thermite toluidine ungrounded whmis
"""
DANGER_PLAIN: Final = """
    abducted abuse abused abuser abusive airbag ammunition amperage autoclave autoclaved biocide blaze bleach
    bleaching blowtorch bomb brake breaker carbon carcinogens caustic chainsaw chloroform choke combustible
    corrosive cryogenic cyanide degreaser detector detonate detonator disinfect disinfectant dosimeter drown drowned
    drowning earthing electrician evacuate evacuation explosion explosive extinguisher firefighter fireworks
    flammable flammables flashpoint forklift formaldehyde formalin frayed fume fumes gasoline grenade gun hazard
    hazardous herbicide hotline incendiary inflammable inhale inhaled insecticide intruder irritant jackstand ladder
    listeria loaded lockout lye monoxide mothball overheated overheating overheats overloaded oxidiser oxidizer
    oxidizing peroxide pesticide poison poisonous poisons propane radioactive radon rape rcd rifle salmonella
    scaffold scaffolding scald scalding sds seatbelt sharps smoke smoldering snakebite solvent sparking stabbed
    stalked stalker stepladder sterilise sterilize stun sulphuric swallowed taser threaten threatened threatening
    toxin trench unattended undiluted unsafe venomous ventilated violence violent weapon welder welding wildfire
    wiring
"""
DANGER_FAINT: Final = """
    acetone acid acids alarm alone ammonia attack baby bacterial basement bigger blade boiler burn burned caught
    chemical child children circuit cleaner contaminated contamination cord danger dangerous dangers die dying
    electric electrical emergency escape evacuated extension fire gas generator glove grease grounding handling harm
    harness heater helmet hurt hurting ignite inhaling install kid kill knife lab leak leaking lift lithium mains
    melted mercury mix mixing mold mould nitric outlet oven overheat overload panel plug protective roof safe safely
    safety scared shock shocked smell socket sparks spill spilled splash splashed sprinkler suffering swollen
    toddler toxic trapped tripped tripping ventilate ventilation vinegar volt voltage weld wire wires
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
    acid_burn acid_spill acid_splash acid_waste aluminum_wiring ammonia_and and_ammonia and_bleach angle_grinder
    arc_flash bare_wire battery_acid biological_waste biosafety_level black_mold bleach_and blood_spill breaker_box
    broken_thermometer burning_smell carbon_monoxide chemical_burn chemical_spill chemical_storage chemical_waste
    child_abuse circuit_breaker cleaning_chemical co_alarm co_detector concentrated_acid concentrated_hydrochloric
    concentrated_nitric concentrated_sulfuric confined_space domestic_abuse downed_power drain_cleaner
    ear_protection electric_shock electrical_code electrical_fire electrical_panel electrical_shock electrical_work
    emergency_exit evacuation_plan exposed_wire extension_cord extension_lead eye_protection fall_protection
    fire_alarm fire_blanket fire_code fire_drill fire_exit fire_extinguisher fire_hazard first_aid flammable_liquid
    flammable_solvent food_poisoning fume_cupboard fume_hood fuse_box gas_bottle gas_canister gas_cylinder gas_leak
    gas_line gas_main gas_mask gas_smell generator_in generator_indoors generator_inside grease_fire ground_wire
    gun_safe hard_hat harm_myself hazardous_material hazardous_waste hearing_protection home_intruder hot_wire
    household_chemical hurt_myself hydrofluoric_acid infectious_waste kill_myself kitchen_fire lab_safety
    laboratory_safety laser_safety lead_paint liquid_nitrogen lithium_battery live_wire loaded_gun loose_wire
    mercury_spill mixed_bleach mixing_chemical nail_gun needle_stick neutral_wire oil_fire oven_cleaner
    paint_thinner pilot_light piranha_solution poison_control poison_ivy poison_oak power_line power_strip
    pressure_vessel propane_tank protective_equipment protective_glove radiation_exposure radioactive_source
    rat_poison raw_sewage rotten_egg safety_cabinet safety_data safety_glass safety_goggle safety_harness
    safety_shower self_harm sharps_bin sharps_container smell_gas smelling_gas smoke_alarm smoke_detector
    smoke_inhalation space_heater spill_kit surge_protector swollen_battery table_saw toilet_cleaner toxic_fume
    toxic_gas with_bleach wood_burner wood_stove
"""

DANGER_PLAIN_PAIRS: Final = """
    acetic_anhydride at_heights bunsen_burner camping_stove ceiling_fan chain_saw circular_saw compressed_gas
    dispose_of dog_attack electrical_outlet electrical_wiring emergency_shutdown fire_department gas_boiler
    gas_heater gas_hob gas_oven gas_stove generator_inside heat_lamp high_voltage hot_work hydrochloric_acid in_eye
    in_eyes inside_garage lab_coat laser_pointer light_fixture live_circuit nitric_acid pressure_cooker raw_chicken
    safely_dispose smoke_from snake_bite sodium_azide sodium_hydroxide space_heaters spider_bite sulfuric_acid
    sulphuric_acid ventilated_area well_ventilated
"""
