"""What laymen say of landlords, employers, families, neighbours and courts, from general knowledge. Data only."""

from typing import Final

STRONG: Final = """
    adoptee alimonies arbitrate arraign asylee bailbond bailor blackmailing bondsman burglarized bylaw ccrs comaker
    conservator copyrighting cosignee cotenant counterfeiting countersue countersued countersuing custodianship defames
    defaming discriminates disinheriting divorcee embezzling encroach encroaches encroaching encroachment entrapped
    expunging extorting felon felonies felonious greencards harasses indemnifies indemnities indictable interrogatories
    libeling libelled litigated litigating misclassification misclassified nlra nolo nonsolicit notarization osha
    overstays patenting perjure postnup probated probationers promissory rescinded rescinding rezoned rezoning
    severances shoplifted shoplifter slandering slapp sublessor subletting subpoenaed subrogate trespasses
    unconscionability underinsured uninsured
"""

PLAIN: Final = """
    accomplice adjuster arrest cop cosigned coworkers dealership defective discriminated entrapment hitandrun impound
    impounded jail layoff llc naturalize overtime paycheck plagiarized prosecuting rearended repossessed repudiated
    repudiation retaliate retaliated retaliating retaliatory scam scammed speeding stalker tailgating ticketed towed
    towing tresspass unpaid whiplash
"""

FAINT: Final = """
    apartment contractors coworker dad dealer hired hiring homeowner ignores kicked lies mold notices onto owe owed
    paperwork privacy refuse rented renting rents repair reputation roommates salary searched signing stepfather stepmom
    stole trunk
"""

STRONG_PAIRS: Final = """
    a_divorce a_lease a_warrant accessory_after accident_claim accident_report accused_me adequate_consideration
    adopt_stepchild adoption_papers adoption_process advance_directive adverse_possession after_divorce against_law
    aggravated_assault airline_refuses am_owed and_desist and_suffering annul_marriage appeal_court appeal_decision
    apply_citizenship armed_robbery arrested_for assault_charge assumption_risk asylum_claim at_fault attempted_murder
    attractive_nuisance auto_accident baby_daddy babys_father back_child back_rent backed_into bail_bond bail_money
    bail_set bait_switch bank_refuses be_arrested bench_trial bench_warrant bike_accident bill_sale blocking_driveway
    blocks_driveway bodily_injury boss_asked boss_cut boss_docked boss_fired boss_forced boss_keeps boss_made boss_makes
    boss_refuses boss_says boss_threatened boss_told boss_took boss_wants boss_wont bought_defective break_contract
    breaking_contract breaking_lease breathalyzer_test building_code building_permit burden_proof business_law
    business_license business_permit buyout_agreement cancel_contract cancel_lease car_accident car_crash care_directive
    carry_permit castle_doctrine cease_desist changed_locks charged_me charged_with charges_dropped child_endangerment
    child_neglect childs_father childs_mother citizenship_test civil_case civil_court civil_right civil_suit
    claim_adjuster claim_denied claims_adjuster claims_court cobra_notice code_violation collect_judgment
    commerce_clause commercial_lease community_property company_owes company_refuses company_wont comparative_fault
    compensatory_damage complaint_against concealed_carry condo_association condo_board consent_search
    consequential_damage constitutional_right consumer_law contempt_charge contest_ticket contest_will contract_says
    contract_signed contractor_left contractor_wont cop_asked cop_pulled cop_says cop_searched cop_stopped cops_can
    cops_search cops_searched cops_took copyright_notice copyright_strike court_appearance coworker_keeps
    coworker_touched credit_fraud criminal_history criminal_intent custody_case custody_hearing custody_of custody_order
    cut_hours dads_estate dads_house damage_deposit damaged_my data_privacy day_notice days_notice dba_name
    dealer_refuses dealer_sold dealer_wont debt_validation deceptive_practice deduct_wages default_judgment
    demand_letter denied_claim denied_unemployment deny_claim department_labor deposit_back died_without
    disability_discrimination discovery_request discriminated_against disorderly_conduct diversity_jurisdiction
    divorce_case divorce_decree dock_pay docked_my docked_pay domestic_partnership drop_charges dropped_charges
    drug_charge drug_test dual_citizen durable_power during_divorce duty_care emergency_custody eminent_domain
    emotional_distress employee_right employees_right employer_fired employer_keeps employer_owes employer_refuses
    employer_says employer_wants employer_wont end_lease equal_protection establish_paternity establishment_clause
    ex_boyfriend ex_girlfriend ex_keeps ex_move ex_refuses ex_says ex_spouse ex_stopped ex_took ex_wants ex_wont
    exempt_employee expert_witness fair_housing false_accusation false_advertising false_arrest falsely_accused
    family_leave father_died fathers_estate fathers_rights federal_court fee_simple fence_on fiance_visa field_sobriety
    fight_ticket fighting_ticket file_appeal file_complaint file_divorce file_suit filing_divorce filing_suit final_pay
    fine_me fire_employee fire_someone firearm_law fired_for fired_me first_offense for_parking formal_complaint
    foster_child franchise_agreement get_arrested get_custody get_divorced get_fired getting_divorced getting_fired
    given_notice going_court got_arrested got_fired got_rear got_ticket grand_theft grandparents_right guardian_ad
    gun_law gym_contract gym_membership half_fault handwritten_will harassing_me harassment_at healthcare_proxy
    holographic_will homeowners_association hourly_employee housing_authority housing_discrimination hr_complaint
    hr_department hr_ignored hr_investigation hr_refuses hr_says hr_told i_slipped ice_raid identity_theft
    illegal_search implied_consent inappropriate_comment independent_contractor inherited_the injured_at injured_on
    injured_while injury_claim insurance_adjuster insurance_denied insurance_fraud insurance_refuses
    insurance_settlement insurance_wont is_illegal it_illegal it_legal jail_time judgment_against juvenile_record
    keep_deposit keep_kids keeping_deposit kept_deposit kept_my labor_board labor_union laid_off late_rent law_marriage
    lease_break lease_ends lease_renewal lease_says lease_termination legal_claim legal_fee legal_for legal_if
    legal_recourse legal_responsibility legally_allowed legally_have legally_married legally_responsible
    legally_separated lemon_law let_cancel let_police license_suspended life_estate lose_custody mail_fraud
    making_sexual making_will malice_aforethought manager_ignores manager_keeps manager_says manager_told manager_wont
    mandatory_minimum manipulate_will marital_asset marital_debt marital_home marital_property marriage_green
    marriage_visa mens_re miss_court missed_court mold_apartment moms_estate moms_house mother_died mothers_estate
    mothers_rights motorcycle_accident mutual_assent my_belongings my_deposit my_divorce my_estate my_ex my_fault
    my_inheritance my_land my_lease my_overtime my_rights my_severance my_wages neighbor_built neighbor_fence
    neighbor_keeps neighbor_refuses neighbor_says neighbor_tree neighbor_wont neighbors_dog neighbors_house
    neighbour_built neighbour_keeps neighbour_says neighbour_wont night_court no_contest noise_complaint
    non_solicitation normal_wear not_paying notice_vacate of_estate of_frauds of_kin on_bail open_carry oral_agreement
    oral_contract our_lease out_lease over_property overdue_rent owed_child owes_rent pain_suffering parental_kidnapping
    parenting_plan parenting_time partnership_dispute party_consent paternity_test pay_child pay_damages pay_overtime
    pay_ticket paycheck_withheld paying_rent personal_guarantee personal_jurisdiction petty_theft physical_custody
    plead_no police_arrest police_can police_come police_enter police_interview police_into police_search police_took
    post_bail power_of pregnancy_discrimination primary_custody prison_sentence prison_time privacy_law privacy_right
    process_server property_boundary property_damage property_taken proximate_cause pto_payout public_intoxication
    pulled_me pulled_over purchase_agreement quid_quo racial_discrimination raise_rent rational_basis rear_ended
    reasonable_accommodation reckless_driving record_conversation recording_conversation reduced_sentence refund_me
    refuse_breathalyzer refuse_refund refused_refund refuses_give refuses_leave refuses_let refuses_pay refuses_refund
    refuses_return register_business remain_silent removal_proceeding rent_raise rent_receipt rent_stabilized
    rental_contract renters_right report_hr report_police reported_harassment res_ipsa return_deposit revoked_license
    rule_perpetuities salaried_employee sale_agreement sales_permit searched_me searched_my second_offense
    self_incrimination seller_refuses seller_wont selling_house sentencing_guideline separate_property serve_notice
    serve_papers served_papers service_animal service_contract settle_out settlement_check settlement_offer
    severance_package sexual_advance sexual_comment sexual_remark sexually_harassing shared_custody shared_driveway
    shoplifting_charge siblings_sell sign_contract signed_contract signed_lease signing_contract simple_assault
    slipped_in slipped_on small_court sponsor_parents stand_ground stare_decisis state_court stole_from store_refuses
    store_wont strict_scrutiny summary_judgment superior_court supply_contract support_animal suspended_license
    sworn_statement take_court taken_court taking_court tax_fraud tell_hr temporary_custody terminate_parental
    that_allowed that_illegal that_legal the_divorce the_lease their_fault they_allowed this_illegal this_legal
    threatened_me threatening_me time_half to_hr to_vacate totaled_car touching_me towed_my traffic_court
    traffic_violation travel_ban truck_accident uncontested_divorce unemployment_claim unfinished_work
    uninhabitable_apartment union_rep unpaid_intern unsafe_work used_against vendor_contract verbal_agreement
    verbal_contract visa_denied visa_expired visa_interview wage_claim warrant_for warrant_out warranty_claim
    was_arrested was_fault was_fired was_pulled weeks_notice wet_floor whole_deposit wire_fraud withhold_deposit
    withhold_paycheck withhold_rent without_knocking without_warrant without_will witness_statement wont_cancel wont_fix
    wont_pay wont_refund wont_sign workers_comp workers_right workplace_injury write_will written_contract wrote_ticket
    zoning_permit
"""

PLAIN_PAIRS: Final = """
    an_accident are_allowed background_check call_police called_police dad_died denies_it emotional_support get_refund
    grabbed_me grandmother_died hidden_fees hurt_at i_signed kick_out kicked_out lock_out lunch_break maternity_leave
    medical_leave mom_died move_out my_accident my_coworker my_manager my_pay my_roommate my_shift my_yard our_daughter
    our_neighbor our_son owes_me own_driveway paid_me pay_me sentence_reduced signed_a signed_by sold_me stealing_my
    stole_my take_him take_them the_accident threatening_to threatens_to ticket_for touched_me trade_name without_asking
    without_paying without_telling wont_leave wont_return written_up
"""

HARMLESS: Final = """
    beta_trial break_down break_loop break_statement break_up car_rental court_show event_fired fence_post form_field
    form_validation html_form legal_drama license_file license_key mit_license open_license picket_fence rental_car
    road_sign search_tree sign_in sign_language sign_off sign_up software_license soviet_union technical_debt
    trial_account trial_of trial_period union_all union_of union_select union_type
"""
