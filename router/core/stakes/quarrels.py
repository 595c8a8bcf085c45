"""What laymen say of landlords, employers, families, neighbours and courts, from general knowledge. Data only."""

from typing import Final

STRONG: Final = """
    adoptee alimonies arbitrate arraign asylee bailbond bailor blackmailing bondsman burglarized bylaw ccrs comaker
    conservator copyrighting cosignee cotenant counterfeiting countersue countersued countersuing custodianship defames
    defaming discriminates divorcee embezzling encroach encroaches encroaching encroachment entrapped expunging
    extorting felon felonies felonious greencards harasses indemnifies indemnities indictable interrogatories libeling
    libelled litigated misclassification misclassified nlra nolo nonsolicit notarization osha overstays patenting
    perjure postnup probated probationers promissory rescinded rescinding rezoned rezoning severances shoplifted
    shoplifter slandering slapp sublessor subletting subpoenaed subrogate unconscionability underinsured uninsured
"""

PLAIN: Final = """
    accomplice adjuster arrest cosigned discriminated entrapment hitandrun impound impounded jail layoff llc naturalize
    overtime paycheck plagiarized prosecuting rearended repossessed repudiated repudiation retaliate retaliated
    retaliating retaliatory scam scammed speeding stalker towed towing unpaid whiplash
"""

FAINT: Final = """
    apartment contractors coworker hired hiring homeowner kicked lies mold notices owe owed paperwork privacy refuse
    rented renting rents repair reputation roommates salary signing
"""

STRONG_PAIRS: Final = """
    a_divorce a_dui a_landlord a_lawyer a_lease a_warrant accessory_after accident_claim accident_report
    adequate_consideration adopt_stepchild adoption_papers adoption_process advance_directive adverse_possession
    after_divorce aggravated_assault an_attorney an_eviction an_executor an_nda and_desist and_suffering annul_marriage
    appeal_court appeal_decision apply_citizenship armed_robbery arrested_for assault_charge assumption_risk
    asylum_claim at_fault at_will attempted_murder attorney_client attorney_fee attractive_nuisance auto_accident
    baby_daddy babys_father back_child back_rent bail_bond bail_money bail_set bait_switch bankruptcy_court be_arrested
    be_evicted be_liable be_sued being_evicted being_sued bench_trial bench_warrant bike_accident bill_sale
    bodily_injury breach_contract breaking_lease breathalyzer_test building_code building_permit burden_proof
    business_law business_lawsuit business_license business_permit buyout_agreement can_sue car_accident car_crash
    care_directive carry_permit castle_doctrine cease_desist changed_locks charged_with charges_dropped
    child_endangerment child_neglect citizenship_test civil_case civil_court civil_right civil_suit claim_adjuster
    claim_denied claims_adjuster claims_court cobra_notice code_violation collect_judgment commerce_clause
    commercial_lease community_property comparative_fault comparative_negligence compensatory_damage complaint_against
    concealed_carry condo_association condo_board confidentiality_agreement consent_search consequential_damage
    constitutional_right consumer_law contempt_charge contest_ticket contest_will contract_clause contract_says
    contractor_left contractor_wont contributory_negligence cops_can cops_search copyright_notice copyright_strike
    court_appearance court_judgment court_summons credit_fraud criminal_history criminal_intent custody_agreement
    custody_case custody_hearing custody_of custody_order custody_rights dads_estate dads_will damage_deposit
    data_privacy day_notice days_notice dba_name debt_lawsuit debt_validation deceptive_practice defamation_case
    defamation_suit default_judgment demand_letter denied_claim denied_unemployment deny_claim department_labor
    deposit_back deposition_notice die_without died_without disability_discrimination disclosure_agreement
    discovery_request discriminated_against disorderly_conduct diversity_jurisdiction divorce_case divorce_decree
    divorce_lawyer dmca_takedown domestic_partnership driving_without drop_charges dropped_charges drug_charge drug_test
    dual_citizen dui_charge dui_lawyer durable_power during_divorce duty_care emergency_custody eminent_domain
    emotional_distress employee_right employees_right employment_agreement end_lease equal_protection
    establish_paternity establishment_clause estate_executor evict_a evict_me evict_my ex_boyfriend ex_girlfriend
    ex_move ex_spouse ex_wants ex_wont executor_of exempt_employee expert_witness expunge_record expunged_from
    fair_housing false_advertising family_leave fathers_estate fathers_rights federal_court fee_simple felony_charge
    felony_murder fiance_visa field_sobriety fight_ticket file_appeal file_complaint file_divorce file_lawsuit file_suit
    filing_divorce filing_suit fire_employee fire_someone firearm_law first_dui first_offense formal_complaint
    foster_child franchise_agreement get_arrested get_custody get_divorced get_evicted get_sued getting_divorced
    getting_sued go_probate going_court got_arrested got_rear grand_theft grandparents_right guardian_ad guardianship_of
    gun_law half_fault handwritten_will harassing_me harassment_at healthcare_proxy hearsay_exception hearsay_rule
    held_liable hoa_board hoa_fee hoa_fine hoa_fined hoa_rule holographic_will homeowners_association hourly_employee
    housing_authority housing_discrimination hr_complaint hr_department hr_investigation hr_says i_sue ice_raid
    identity_theft illegal_search immigrant_visa immigration_court immigration_lawyer implied_consent in_probate
    independent_contractor injured_at injured_on injury_claim injury_lawyer insurance_adjuster insurance_denied
    insurance_fraud insurance_settlement jail_time joint_tenancy judgment_against jury_trial juvenile_court
    juvenile_record keep_deposit keeping_deposit labor_board labor_union laid_off landlord_enter landlord_is
    landlord_keeps landlord_raise landlord_refuses landlord_says landlord_to landlord_wants landlord_wont
    landlords_right late_rent law_marriage lawsuit_against lawyer_for lawyer_to lawyer_up lease_break lease_ends
    lease_renewal lease_says lease_termination legal_claim legal_counsel legal_custody legal_dispute legal_fee
    legal_guardian legal_recourse legal_responsibility legally_entitled legally_liable legally_married legally_obligated
    legally_responsible legally_separated lemon_law let_police liability_waiver liable_for license_suspended lien_on
    life_estate liquidated_damage lose_custody mail_fraud make_will making_will malice_aforethought mandatory_minimum
    marital_asset marital_debt marital_home marital_property marriage_annulled marriage_green marriage_visa
    mechanic_lien mechanics_lien mens_re misdemeanor_charge miss_court missed_court mold_apartment moms_estate moms_will
    mothers_estate mothers_rights motorcycle_accident mutual_assent my_deposit my_divorce my_estate my_ex my_fault
    my_hoa my_landlords my_lease my_probation negligence_per neighbor_fence neighbor_tree neighbors_dog neighbors_house
    night_court no_contest noise_complaint non_solicitation noncompete_clause normal_wear not_paying notice_vacate
    of_estate of_frauds of_kin off_probation on_bail on_parole on_probation open_carry oral_contract our_hoa
    our_landlord our_lease overtime_exempt owed_child pain_suffering parental_kidnapping parenting_plan parenting_time
    parol_evidence parole_hearing parole_officer partnership_dispute party_consent patent_application patent_law
    paternity_test pay_alimony pay_child pay_overtime pay_ticket paycheck_withheld personal_guarantee
    personal_jurisdiction personally_liable petty_theft physical_custody plea_agreement plead_no poa_for police_arrest
    police_can police_come police_enter police_interview police_into police_question police_search police_without
    post_bail power_attorney power_of pregnancy_discrimination premises_liability prenuptial_agreement primary_custody
    prison_sentence prison_time privacy_law privacy_right probate_court probation_officer probation_violation
    process_server product_liability promissory_estoppel promissory_note property_boundary property_damage property_lien
    provisional_patent proximate_cause pto_payout public_intoxication punitive_damage purchase_agreement put_lien
    quid_quo racial_discrimination raise_rent rational_basis rear_ended reasonable_accommodation reckless_driving
    record_conversation recording_conversation reduced_sentence refuse_breathalyzer refuse_refund refuses_pay
    register_business register_trademark registered_trademark remain_silent removal_proceeding rent_raise rent_receipt
    rent_stabilized rental_contract renters_right report_hr report_police res_ipsa res_judicata restrictive_covenant
    return_deposit revoked_license rule_perpetuities salaried_employee sale_agreement sales_permit second_offense
    self_incrimination sentencing_guideline separate_property serve_papers served_papers service_animal service_contract
    settle_lawsuit settle_out settlement_check settlement_offer severance_agreement severance_package shared_custody
    shoplifting_charge sign_nda sign_waiver signed_contract signed_lease signed_waiver simple_assault small_court
    sponsor_parents squatter_right squatters_right stand_ground stare_decisis state_court statute_fraud statutory_rape
    strict_liability strict_scrutiny sue_a sue_business sue_company sue_contractor sue_doctor sue_employer sue_for
    sue_her sue_him sue_hospital sue_landlord sue_me sue_my sue_neighbor sue_someone sue_them sued_by sued_debt sued_for
    suing_for suing_me summary_judgment superior_court supervised_visitation supply_contract support_animal
    suspended_license sworn_statement tax_fraud tell_hr temporary_custody tenancy_common tenant_rights tenants_common
    tenants_rights terminate_parental the_divorce the_executor the_hoa the_landlord the_lawyer the_lease the_probate
    their_fault time_half to_month to_sue to_vacate totaled_car trademark_application trademark_infringement
    trademark_name traffic_court traffic_violation travel_ban truck_accident uncontested_divorce undocumented_immigrant
    unemployment_claim unfinished_work uninhabitable_apartment union_rep unlawful_detainer unpaid_intern unpaid_rent
    vendor_contract verbal_agreement verbal_contract vicarious_liability violate_probation violating_probation
    visa_denied visa_expired visa_interview visa_overstay visitation_right visitation_schedule void_contract warrant_out
    was_arrested was_fault weeks_notice wet_floor whole_deposit wire_fraud withhold_deposit withhold_paycheck
    withhold_rent without_warrant without_will witness_statement wont_pay workers_comp workers_right workmans_comp
    workplace_injury write_will written_contract wrongfully_fired wrongfully_terminated zoning_law zoning_permit
"""

PLAIN_PAIRS: Final = """
    against_law an_accident are_allowed background_check be_fired call_police called_police can_hr code_enforcement
    emotional_support get_fired got_fired he_legally hr_can is_illegal is_legal it_illegal it_legal kick_out kicked_out
    law_say legal_consequence legal_for legal_in legally_allowed legally_have lock_out maternity_leave medical_leave
    move_out my_accident my_contract my_contractor my_coworker my_manager my_roommate my_trial my_will our_neighbor
    owes_me paid_me pay_me privacy_policy sentence_reduced signed_by stealing_my stole_my take_him take_them
    the_accident they_legally trade_name was_fired what_rights without_asking without_my without_paying without_telling
"""

HARMLESS: Final = """
    accident_prone apple_tree background_noise beta_trial binary_tree break_down break_loop break_statement break_up
    campfire_song car_rental christmas_tree code_block court_show database_record decision_tree event_fired ex_machina
    fence_post fire_emoji fire_hydrant fire_pit fire_place fire_truck form_field form_of form_validation heat_pump
    html_form in_form judge_book legal_drama license_file license_key mit_license noise_cancelling noise_reduction
    oak_tree open_license picket_fence record_label record_player record_type recording_studio rental_car road_sign
    search_tree sign_in sign_language sign_off sign_up software_license soviet_union sponsor_segment tax_fairy
    technical_debt tree_house trial_account trial_of trial_period union_all union_of union_select union_type unit_circle
    unit_test unit_vector vinyl_record white_noise world_record
"""
