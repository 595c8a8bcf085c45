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
    a_divorce a_lease a_warrant accessory_after accident_claim accident_report adequate_consideration adopt_stepchild
    adoption_papers adoption_process advance_directive adverse_possession after_divorce aggravated_assault and_desist
    and_suffering annul_marriage appeal_court appeal_decision apply_citizenship armed_robbery arrested_for
    assault_charge assumption_risk asylum_claim at_fault attempted_murder attractive_nuisance auto_accident baby_daddy
    babys_father back_child back_rent bail_bond bail_money bail_set bait_switch be_arrested bench_trial bench_warrant
    bike_accident bill_sale bodily_injury breaking_lease breathalyzer_test building_code building_permit burden_proof
    business_law business_license business_permit buyout_agreement car_accident car_crash care_directive carry_permit
    castle_doctrine cease_desist changed_locks charged_with charges_dropped child_endangerment child_neglect
    citizenship_test civil_case civil_court civil_right civil_suit claim_adjuster claim_denied claims_adjuster
    claims_court cobra_notice code_violation collect_judgment commerce_clause commercial_lease community_property
    comparative_fault compensatory_damage complaint_against concealed_carry condo_association condo_board consent_search
    consequential_damage constitutional_right consumer_law contempt_charge contest_ticket contest_will contract_says
    contractor_left contractor_wont cops_can cops_search copyright_notice copyright_strike court_appearance credit_fraud
    criminal_history criminal_intent custody_case custody_hearing custody_of custody_order dads_estate damage_deposit
    data_privacy day_notice days_notice dba_name debt_validation deceptive_practice default_judgment demand_letter
    denied_claim denied_unemployment deny_claim department_labor deposit_back disability_discrimination
    discovery_request discriminated_against disorderly_conduct diversity_jurisdiction divorce_case divorce_decree
    domestic_partnership drop_charges dropped_charges drug_charge drug_test dual_citizen durable_power during_divorce
    duty_care emergency_custody eminent_domain emotional_distress employee_right employees_right end_lease
    equal_protection establish_paternity establishment_clause ex_boyfriend ex_girlfriend ex_move ex_spouse ex_wants
    ex_wont exempt_employee expert_witness fair_housing false_advertising family_leave fathers_estate fathers_rights
    federal_court fee_simple fiance_visa field_sobriety fight_ticket file_appeal file_complaint file_divorce file_suit
    filing_divorce filing_suit fire_employee fire_someone firearm_law first_offense formal_complaint foster_child
    franchise_agreement get_arrested get_custody get_divorced getting_divorced going_court got_arrested got_rear
    grand_theft grandparents_right guardian_ad gun_law half_fault handwritten_will harassing_me harassment_at
    healthcare_proxy holographic_will homeowners_association hourly_employee housing_authority housing_discrimination
    hr_complaint hr_department hr_investigation hr_says ice_raid identity_theft illegal_search implied_consent
    independent_contractor injured_at injured_on injury_claim insurance_adjuster insurance_denied insurance_fraud
    insurance_settlement jail_time judgment_against juvenile_record keep_deposit keeping_deposit labor_board labor_union
    laid_off late_rent law_marriage lease_break lease_ends lease_renewal lease_says lease_termination legal_claim
    legal_fee legal_recourse legal_responsibility legally_married legally_responsible legally_separated lemon_law
    let_police license_suspended life_estate lose_custody mail_fraud making_will malice_aforethought mandatory_minimum
    marital_asset marital_debt marital_home marital_property marriage_green marriage_visa mens_re miss_court
    missed_court mold_apartment moms_estate mothers_estate mothers_rights motorcycle_accident mutual_assent my_deposit
    my_divorce my_estate my_ex my_fault my_lease neighbor_fence neighbor_tree neighbors_dog neighbors_house night_court
    no_contest noise_complaint non_solicitation normal_wear not_paying notice_vacate of_estate of_frauds of_kin on_bail
    open_carry oral_contract our_lease owed_child pain_suffering parental_kidnapping parenting_plan parenting_time
    partnership_dispute party_consent paternity_test pay_child pay_overtime pay_ticket paycheck_withheld
    personal_guarantee personal_jurisdiction petty_theft physical_custody plead_no police_arrest police_can police_come
    police_enter police_interview police_into police_search post_bail power_of pregnancy_discrimination primary_custody
    prison_sentence prison_time privacy_law privacy_right process_server property_boundary property_damage
    proximate_cause pto_payout public_intoxication purchase_agreement quid_quo racial_discrimination raise_rent
    rational_basis rear_ended reasonable_accommodation reckless_driving record_conversation recording_conversation
    reduced_sentence refuse_breathalyzer refuse_refund refuses_pay register_business remain_silent removal_proceeding
    rent_raise rent_receipt rent_stabilized rental_contract renters_right report_hr report_police res_ipsa
    return_deposit revoked_license rule_perpetuities salaried_employee sale_agreement sales_permit second_offense
    self_incrimination sentencing_guideline separate_property serve_papers served_papers service_animal service_contract
    settle_out settlement_check settlement_offer severance_package shared_custody shoplifting_charge signed_contract
    signed_lease simple_assault small_court sponsor_parents stand_ground stare_decisis state_court strict_scrutiny
    summary_judgment superior_court supply_contract support_animal suspended_license sworn_statement tax_fraud tell_hr
    temporary_custody terminate_parental the_divorce the_lease their_fault time_half to_vacate totaled_car traffic_court
    traffic_violation travel_ban truck_accident uncontested_divorce unemployment_claim unfinished_work
    uninhabitable_apartment union_rep unpaid_intern vendor_contract verbal_agreement verbal_contract visa_denied
    visa_expired visa_interview warrant_out was_arrested was_fault weeks_notice wet_floor whole_deposit wire_fraud
    withhold_deposit withhold_paycheck withhold_rent without_warrant witness_statement wont_pay workers_comp
    workers_right workplace_injury write_will written_contract zoning_permit
"""

PLAIN_PAIRS: Final = """
    an_accident are_allowed background_check call_police called_police emotional_support kick_out kicked_out lock_out
    maternity_leave medical_leave move_out my_accident my_coworker my_manager my_roommate our_neighbor owes_me paid_me
    pay_me sentence_reduced signed_by stealing_my stole_my take_him take_them the_accident trade_name without_telling
"""

HARMLESS: Final = """
    beta_trial break_down break_loop break_statement break_up car_rental court_show event_fired fence_post form_field
    form_validation html_form legal_drama license_file license_key mit_license open_license picket_fence rental_car
    road_sign search_tree sign_in sign_language sign_off sign_up software_license soviet_union technical_debt
    trial_account trial_of trial_period union_all union_of union_select union_type
"""
