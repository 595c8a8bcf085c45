"""Words of taxes, investments, retirement and company accounts, from general knowledge of the trade. Data only."""

from typing import Final

STRONG: Final = """
    acca agi aicpa annuities assessor backtest backtesting backwardation bequest bollinger bondholder carryback
    carryforward ccorp cfa cfp chartist coborrower collateralised contango cryptotax decedents deferral demerger etns
    euribor eurodollar exdate expensing fatca fbar fnma franchisee franchising franchisor freelancing fundholder
    garnishing gilti gnma greenmail hangseng hodling impairments inheritances intercompany intraday irr lbo libor llcs
    macd magi mbo medicare medigap millage mirr moneylending mortgagee mortgagor msrb nasd ncua nft niit nol noncash
    nonqualified noteholder oasdi overfunded pawnbroker pcaob pfic pinksheets piti pnl preapproval preapproved premiums
    prequalified prorata puttable qbi qbid recapitalization recharacterization recharacterize reclaimable remortgaging
    revaluation roa roce roic sidehustle simpleira sipc sofr spac stipends subledger tbill tontine ugma undepreciated
    underfunding unearned unitholder unlevered unvested usurious utma vatable vix wacc xirr
"""

PLAIN: Final = """
    annuitize appraisal appraiser audited auditors bills bonuses buyout bylaws commissions contractor coupons cpa
    custodial debts deductibles deductions delisting dependents devaluation devalued discounted diversification
    diversified diversify djia domicile exemptions fee filer foreclosure gig gratuity hedges impairment itemise
    itemizing levered nikkei nonprofits nonresident otc pawnshop payments pips plc pmi proprietorship prospectus
    rebalance rebalancing recapture recessions reincorporate royalties royalty rsi satoshi shorted shorting spinoff
    spousal subchapter tuition volatility widowed withheld
"""

FAINT: Final = """
    alimony basis brokers buying contributions corporate corporation credits director duplex expiry funds household
    invested jointly married moneys owners recognised recognize recognized rental selling separately sheltered spouse
    truck
"""

STRONG_PAIRS: Final = """
    0000_form 0000_int 0000_k 0000_misc 0000_nec 000_college 000_plan 000_savings 000b_plan 000k_contribution 000k_match
    000k_plan 0_employee 0_income 0_job 0_wages accelerated_depreciation accredited_investor accrual_basis
    accrued_salaries accumulated_depreciation actively_managed activity_based additional_paid adjustable_rate
    adjusting_entry agency_debt allowance_doubtful amend_return amended_return angel_investor annual_exclusion
    annual_meeting arm_loan arms_length as_dependent ask_spread asset_management asset_manager asset_mix
    asset_protection assigned_early audit_report auto_insurance auto_lease back_tax balanced_fund bank_reconciliation
    bank_reserves be_claimed bear_spread bid_ask black_scholes blue_chip bond_allocation bond_ladder bond_price
    bond_rating bonus_issue bonus_share bonus_taxed borrow_share bounced_check bridge_loan broker_dealer budget_for
    build_credit building_credit bull_spread business_account business_credit business_debt business_entity
    business_income business_loan business_partner business_structure business_tax butterfly_spread buy_calls buy_puts
    buy_stock buying_calls buying_power buying_puts c_corp c_corporation calendar_spread call_premium call_spread
    callable_bond cap_rate cap_table capital_account capital_asset capital_budgeting capital_call capital_contribution
    capital_improvement capital_lease capital_stock capital_structure capital_tax capitalize_cost capitalize_or
    car_payment carry_trade cash_accounting cash_balance cash_basis cash_secured cash_settled cash_value cashiers_check
    cd_ladder cd_rate certificate_deposit certificates_deposit chapter_0 chapter_00 charitable_contribution
    charitable_deduction charitable_donation charitable_trust claim_dependent claim_social class_share closed_end
    closing_entry collar_strategy collect_social collection_agency college_fund college_savings common_share
    company_match completed_contract compound_growth compounded_annually compounded_monthly conforming_loan
    consolidated_statement contingent_liability contra_account contribution_limit convertible_bond convertible_loan
    convertible_note cost_averaging cost_capital cost_flow cost_goods cost_inventory cost_method coverage_ratio
    covered_put credit_bureau credit_counseling credit_default credit_freeze credit_inquiry credit_repair credit_risk
    credit_spread credit_utilization currency_pair currency_risk currency_swap currency_trade current_liabilities
    current_yield debt_avalanche debt_relief debt_service debt_settlement debt_snowball declining_balance deduct_my
    default_risk default_swap defined_benefit defined_contribution dependent_care depreciation_method disability_benefit
    disability_insurance discounted_cash distributions_from do_taxes dollar_averaging dollar_yen donation_receipt
    double_entry duration_risk e_file early_assignment early_distribution earned_credit earned_income earnings_yield
    education_credit education_savings ee_bond efile_return emergency_savings employee_stock employer_contribution
    energy_credit enterprise_value equity_method equity_ratio equity_stake estate_exemption estate_plan
    estimated_payment euro_dollar ev_credit excise_tax exercise_options exercise_price external_auditor face_amount
    factor_investing family_trust federal_loan fibonacci_retracement fiduciary_advisor fifo_or file_bankruptcy
    file_jointly file_separately file_taxes filing_jointly filing_separately filing_taxes financial_aid
    financial_independence financial_plan financial_planning financial_reporting firm_capitalize fiscal_quarter
    flexible_spending flip_houses flood_insurance foreign_currency foreign_earned foreign_income foreign_stock form_00
    form_000 form_0000x forward_contract forward_pe four_percent front_load functional_currency fund_manager
    fundamental_analysis funding_round futures_position gain_exclusion gains_tax gap_insurance general_partner
    general_partnership generation_skipping gift_exclusion go_public goes_public going_concern going_public gold_futures
    good_credit gross_salary gross_sales growth_fund growth_investing growth_stock hard_inquiry hard_pull harvest_loss
    head_shoulders health_savings high_deductible high_yield holding_company home_office home_sale hostile_takeover
    house_flipping household_budget how_invest i_bond impairment_loss impairment_test implied_volatility in_collections
    in_debt incentive_stock individual_stock inflation_adjusted inflation_risk initial_public insurance_rate
    interest_earned interest_payable interest_swap internal_audit internal_control intrinsic_value inventory_method
    inventory_valuation investing_in investment_advice investment_advisor investment_grade investment_property
    investment_return investment_strategy invoice_factoring iron_butterfly iron_condor irrevocable_trust job_costing
    joint_checking joint_return jointly_or journal_entry jumbo_loan k_0 large_cap late_filing late_invoice
    learning_credit lease_car leverage_ratio life_policy lifecycle_fund lifetime_exemption like_kind limit_price
    limited_liability limited_partner limited_partnership living_paycheck living_trust load_fund loan_forgiveness
    loan_interest loan_officer loan_servicer local_tax long_call long_position long_put long_straddle loss_carryover
    loss_harvest loss_harvesting loss_statement lot_size lump_investing lump_or management_fee managerial_accounting
    margin_interest margin_loan margin_rate market_order market_risk married_jointly matching_contribution
    matching_principle material_misstatement mega_backdoor micro_cap mid_cap mileage_deduction minimum_distribution
    minority_stake money_fund money_order monthly_budget multi_member my_credit my_debt my_dependent my_loan naked_call
    naked_put naked_short negative_equity nest_egg net_lease net_loss net_operating net_profit net_salary no_load
    nominal_rate note_payable note_receivable notes_payable notes_receivable of_capital of_debt oil_futures old_000k
    on_taxes open_end operating_agreement operating_loss opportunity_credit option_chain option_contract option_expires
    option_price option_pricing option_writer options_expiration options_expire options_position options_strategy
    options_trade options_trader or_fifo order_flow ordinary_income ordinary_share our_debt our_taxes overhead_rate
    owner_draw owners_draw owners_equity par_bond parent_plus partner_capital partnership_agreement pass_through
    passive_activity passive_income passive_investing passive_loss passively_managed pattern_day pay_debt pay_myself
    pay_raise pay_taxes paycheck_to paying_debt paying_taxes pe_ratio pension_lump percent_rule percentage_completion
    permanent_life petty_cash piggyback_loan pip_value pocket_maximum poison_pill poor_mans post_money pre_money
    preference_share preferred_share premium_credit present_values price_book price_earnings private_loan profit_loss
    profit_sharing property_taxes protective_put proxy_statement proxy_vote public_offering purchase_accounting
    purchase_discount purchase_plan put_spread quarterly_estimated quick_assets rate_risk rate_swap ratio_spread
    real_return reasonable_salary recognise_revenue recognize_revenue refundable_credit registered_agent rent_house
    rental_house rental_loss renter_insurance reporting_currency required_minimum restricted_stock retained_profit
    retire_by retire_on retire_with retirement_planning revenue_recognition reverse_split reversing_entry
    revocable_trust rights_issue rights_offering risk_adjusted risk_premium risk_tolerance robo_advisor rollover_000k
    rule_00 s_corp s_corporation sales_discount sales_returns sales_taxes saver_credit savings_rate sba_loan schedule_b
    schedule_c schedule_d schedule_e schedule_k schedule_se secondary_offering section_000 section_0000 secured_card
    seed_round segment_reporting sell_calls sell_puts sell_stock selling_calls selling_puts sequence_risk
    settlement_date severance_pay share_dilution share_issue shareholder_agreement shell_company short_call
    short_interest short_position short_put short_sell short_squeeze short_stock short_straddle signing_bonus
    silent_partner simple_rate single_member single_stock small_cap social_benefit soft_pull sole_proprietorship
    solo_000k spin_off split_profit spousal_benefit spun_off standard_cost start_investing stochastic_oscillator
    stock_allocation stock_award stock_broker stock_fund stock_grant stock_index stock_merger stock_purchase stop_losses
    stop_order store_card subsidiary_company subsidized_loan support_resistance survivor_benefit suspense_account
    synthetic_long take_profit target_fund tax_advantaged tax_advisor tax_basis tax_consequence tax_deferred
    tax_documents tax_efficient tax_exempt tax_exemption tax_extension tax_filing tax_haven tax_if tax_implication
    tax_law tax_liability tax_lot tax_penalty tax_preparer tax_professional tax_purposes tax_season tax_shelter
    tax_software tax_time taxed_as taxed_on tech_stock technical_analysis tender_offer term_capital term_insurance
    term_policy terminal_value timesheet_pay title_insurance trailing_stop transfer_price transfer_pricing
    translation_adjustment treasury_note treasury_shares treasury_yield trust_fund umbrella_policy units_production
    universal_life unpaid_invoice up_contribution upside_down usd_cad usd_jpy value_investing value_stock vc_fund
    vertical_spread vested_balance vested_share voting_share w_0ben wage_garnishment wash_sale wealth_management
    write_off yield_savings yield_to your_taxes zero_coupon zombie_debt
"""

PLAIN_PAIRS: Final = """
    bull_run business_owner buy_hold buy_home cash_out claim_my co_sign co_signed co_signer company_buys company_issues
    company_pays company_purchased company_records company_sells do_report gave_money gift_money gifted_money
    inherited_house inherited_money inherited_property interest_go into_euros issued_shares issued_stock
    margin_requirement market_crash market_timing my_bonus my_employer my_shares my_stock on_margin our_returns
    pounds_into publicly_traded rates_go retire_in saving_for second_job sell_home sell_my shares_of side_business
    small_business sole_trade spread_betting stock_held stock_picks stock_went strong_dollar token_sale weak_dollar
    weaker_dollar
"""

HARMLESS: Final = """
    auto_margin bonus_point bonus_track car_rental full_house house_music house_party index_file interest_in
    margin_bottom margin_left margin_right margin_top raise_error raise_exception raise_valueerror rental_car
    stock_photos stock_up technical_debt token_limit trust_fall white_house
"""
