"""Words of taxes, investments, retirement and company accounts, from general knowledge of the trade. Data only."""

from typing import Final

STRONG: Final = """
    acca agi aicpa annuities assessor backtest backtesting backwardation bequest bollinger bondholder carryback
    carryforward ccorp cfa cfp chargeable chartist coborrower collateralised contango cryptotax debited decedents
    deferral deleverage deleveraging demerger etns euribor eurodollar exdate expensing fatca fbar fnma franchisee
    franchising franchisor freelancing fundholder garnishing gilti gnma greenmail hangseng hodling illiquid illiquidity
    impairments inheritances intercompany intraday invoiced iou ious irr lbo libor llcs macd magi mbo medicare medigap
    millage mirr moneylending mortgagee mortgagor msrb nasd ncua nft niit nol noncash nonqualified noteholder oasdi
    overfunded overtrading pawnbroker pcaob pfic pinksheets piti pnl preapproval preapproved premiums prequalified
    preseed prorata puttable qbi qbid recapitalization recharacterization recharacterize reclaimable remortgaging
    remuneration revaluation roa roce roic sidehustle simpleira sipc slippage sofr solopreneur spac stipends subledger
    tbill tontine ugma undepreciated undercapitalized underfunding unearned unitholder unlevered unvested usurious utma
    vantagescore vatable vix wacc xirr
"""

PLAIN: Final = """
    annuitize appraisal appraiser audited auditors bills bonuses buyout bylaws cofounder commissions contractor coupons
    cpa credited custodial debts deductibles deductions delisting dependents devaluation devalued dilution discounted
    diversification diversified diversify djia domicile exemptions fee filer foreclosure freelance gig gratuity hedges
    impairment itemise itemizing levered liquidate nikkei nonprofits nonresident otc pawnshop payments pegged pips plc
    pmi proprietorship prospectus rebalance rebalancing recapture recessions reincorporate royalties royalty rsi satoshi
    shorted shorting spinoff spousal startups subchapter tuition volatility widowed withheld
"""

FAINT: Final = """
    alimony basis brokers buying contributions corporate corporation credits customers director duplex expiry founder
    founders founding funds household invested jointly married moneys owners recognised recognize recognized rental
    selling separately sheltered spouse truck
"""

STRONG_PAIRS: Final = """
    0000_form 0000_int 0000_k 0000_misc 0000_nec 000_borrow 000_college 000_plan 000_savings 000b_plan 000k_contribution
    000k_match 000k_plan 0_employee 0_income 0_job 0_wages accelerated_depreciation accounting_equation
    accounting_method accredited_investor accrual_basis accrued_salaries accumulated_depreciation actively_managed
    activity_based additional_paid adjustable_rate adjusting_entry afford_house afford_rent agency_debt
    allowance_doubtful amend_return amended_return angel_investor angel_round annual_exclusion annual_meeting arm_loan
    arms_length as_dependent ask_spread asset_management asset_manager asset_mix asset_protection assigned_early
    at_market audit_report authorized_user auto_insurance auto_lease back_tax balanced_fund bank_reconciliation
    bank_reserves be_claimed bear_spread bid_ask bid_price bill_clients black_scholes blue_chip bond_allocation
    bond_ladder bond_price bond_rating bonus_issue bonus_share bonus_taxed borrow_0 borrow_00 borrow_000 borrow_0000
    borrow_00000 borrow_money borrow_share borrowed_000 borrowed_0000 borrowed_money borrowing_money bought_shares
    bounced_check break_even bridge_loan broker_dealer budget_for budget_rest build_credit building_credit bull_spread
    burn_rate business_account business_bank business_credit business_debt business_entity business_income business_loan
    business_partner business_structure business_tax butterfly_spread buy_calls buy_puts buy_shares buy_stock
    buying_calls buying_power buying_puts c_corp c_corporation calendar_spread call_premium call_spread callable_bond
    cap_rate cap_table capital_account capital_asset capital_budgeting capital_call capital_contribution
    capital_improvement capital_lease capital_stock capital_structure capital_tax capitalize_cost capitalize_or
    car_payment carry_trade cash_accounting cash_balance cash_basis cash_burn cash_conversion cash_crunch cash_position
    cash_reserve cash_secured cash_settled cash_value cashiers_check cd_ladder cd_rate certificate_deposit
    certificates_deposit chapter_0 chapter_00 charge_client charitable_contribution charitable_deduction
    charitable_donation charitable_trust chart_of claim_dependent claim_social class_share clearing_house client_ignores
    client_pays client_refuses client_wont clients_pay closed_end closing_entry closing_price collar_strategy
    collect_social collection_agency college_fund college_savings common_share company_match company_valuation
    company_valued company_worth comparable_companies completed_contract compound_growth compounded_annually
    compounded_monthly conforming_loan consolidated_statement contingent_liability contra_account contract_work
    contribution_limit conversion_cycle convert_savings convertible_bond convertible_debt convertible_loan
    convertible_note cost_averaging cost_capital cost_flow cost_goods cost_inventory cost_method coverage_ratio
    covered_put credit_bureau credit_counseling credit_default credit_freeze credit_inquiry credit_purchase
    credit_repair credit_risk credit_spread credit_utilisation credit_utilization currency_crash currency_exposure
    currency_fluctuation currency_pair currency_peg currency_risk currency_strengthens currency_swap currency_trade
    currency_weakens current_liabilities current_yield dark_pool days_payable days_sales debt_avalanche debt_free
    debt_relief debt_service debt_settlement debt_snowball debt_to declining_balance deduct_my default_risk default_swap
    defined_benefit defined_contribution dependent_care depreciation_method devalue_currency disability_benefit
    disability_insurance discounted_cash discounted_flow distributions_from do_taxes dollar_averaging dollar_gets
    dollar_stronger dollar_yen donation_receipt double_entry down_round duration_risk e_file early_assignment
    early_distribution early_employee earn_0000 earned_credit earned_income earnings_call earnings_yield
    education_credit education_savings ee_bond efile_return emergency_savings employee_equity employee_stock
    employer_contribution energy_credit enterprise_value equity_method equity_ratio equity_split equity_stake
    estate_exemption estate_plan estimated_payment euro_dollar ev_credit excise_tax exercise_options exercise_price
    expense_report external_auditor face_amount factor_investing factoring_invoice family_trust federal_loan
    fibonacci_retracement fiduciary_advisor fifo_or file_bankruptcy file_jointly file_separately file_taxes
    filing_jointly filing_separately filing_taxes finance_business financial_aid financial_independence financial_plan
    financial_planning financial_reporting firm_capitalize fiscal_quarter flexible_spending flip_houses flood_insurance
    foreign_client foreign_currency foreign_earned foreign_exchange foreign_income foreign_invoice foreign_stock form_00
    form_000 form_0000x forward_contract forward_pe forward_rate founder_dilution founder_equity founder_share
    founders_dilution founders_equity four_percent fractional_share freelance_client freelance_rate freelance_work
    freelancer_pay freelancers_pay friend_borrowed front_load functional_currency fund_business fund_manager
    fundamental_analysis funding_round futures_position gain_exclusion gains_tax gap_insurance general_journal
    general_partner general_partnership generation_skipping get_valued gift_exclusion go_public goes_public
    going_concern going_public gold_futures good_credit good_till gross_revenue gross_salary gross_sales growth_fund
    growth_investing growth_stock half_upfront hard_inquiries hard_inquiry hard_pull harvest_loss head_shoulders
    health_savings hedge_against high_deductible high_leverage high_yield holding_company home_deposit home_office
    home_sale hostile_takeover house_flipping household_budget household_income how_budget how_invest i_bond
    impairment_loss impairment_test implied_volatility in_collections in_debt in_savings incentive_stock income_month
    individual_stock inflation_adjusted inflation_risk initial_public insurance_rate interest_earned interest_free
    interest_loan interest_payable interest_swap internal_audit internal_control intrinsic_value inventory_method
    inventory_valuation invest_0000 invest_money investing_in investment_advice investment_advisor investment_grade
    investment_property investment_return investment_strategy invoice_a invoice_client invoice_customer
    invoice_discounting invoice_factoring iron_butterfly iron_condor irregular_income irrevocable_trust is_halted
    issue_shares issuing_shares job_costing joint_checking joint_return jointly_or journal_entry jumbo_loan k_0
    kept_books large_cap late_filing late_invoice late_paying late_payment learning_credit lease_car lend_000 lend_0000
    lend_money lending_money lent_000 lent_0000 lent_friend lent_her lent_him lent_money leverage_ratio life_policy
    lifecycle_fund lifetime_exemption like_kind limit_price limited_liability limited_partner limited_partnership
    line_credit liquidation_preference liquidity_ratio living_paycheck living_trust load_fund loan_brother loan_family
    loan_forgiveness loan_friend loan_interest loan_money loan_officer loan_servicer loan_sister loan_to loaned_friend
    loaned_her loaned_him loaned_money loaned_my local_tax lock_euros lock_rate long_call long_position long_put
    long_straddle loss_carryover loss_harvest loss_harvesting loss_making loss_statement lot_size lump_investing lump_or
    management_fee managerial_accounting margin_interest margin_loan margin_rate market_capitalization market_depth
    market_liquidity market_maker market_order market_risk married_jointly matching_contribution matching_engine
    matching_principle material_misstatement mega_backdoor micro_cap mid_cap mileage_deduction minimum_distribution
    minority_stake missed_payment money_aside money_fund money_order month_rent monthly_budget monthly_expense
    monthly_outgoings monthly_salary multi_member my_clients my_credit my_debt my_dependent my_freelance my_invoice
    my_loan my_wages naked_call naked_put naked_short negative_equity nest_egg net_00 net_lease net_loss net_operating
    net_profit net_salary net_terms no_load nominal_rate note_payable note_receivable notes_payable notes_receivable
    of_capital of_credit of_debt of_income oil_futures old_000k old_card on_taxes open_end open_interest opening_balance
    operating_agreement operating_loss opportunity_credit option_chain option_contract option_expires option_price
    option_pricing option_writer options_expiration options_expire options_position options_strategy options_trade
    options_trader or_fifo order_book order_flow ordinary_income ordinary_share our_debt our_taxes outstanding_invoice
    overdue_invoice overhead_rate owed_0000 owes_000 owes_0000 own_shares owner_draw owner_equity owners_draw
    owners_equity ownership_percentage par_bond parent_plus partner_capital partnership_agreement pass_through
    passive_activity passive_income passive_investing passive_loss passively_managed pattern_day pay_clients pay_debt
    pay_freelancers pay_installments pay_myself pay_raise pay_suppliers pay_taxes paycheck_to paying_debt paying_taxes
    payment_terms pe_ratio pension_lump percent_income percent_rule percentage_completion percentage_income
    percentage_rent permanent_life personal_account personal_guarantor personal_savings petty_cash piggyback_loan
    pip_value pocket_maximum poison_pill poor_mans post_investment post_money pre_market pre_money pre_revenue
    preference_share preferred_equity preferred_share premium_credit present_values price_book price_earnings
    pricing_power private_companies private_firm private_loan pro_rata profit_loss profit_share profit_sharing
    profit_warning property_taxes protective_put proxy_statement proxy_vote public_offering purchase_accounting
    purchase_discount purchase_plan purchasing_power put_aside put_spread quarterly_estimated quick_assets raise_capital
    raise_prices rate_risk rate_swap ratio_spread real_return reasonable_salary recognise_revenue recognize_revenue
    record_payment record_purchase record_sale recurring_revenue refundable_credit registered_agent regular_savings
    rent_budget rent_house rent_is rent_percentage rental_house rental_loss renter_insurance reporting_currency
    required_minimum restricted_stock retained_profit retire_by retire_on retire_with retirement_planning
    revenue_recognition revenue_run reverse_split reversing_entry revocable_trust rights_issue rights_offering
    risk_adjusted risk_premium risk_tolerance robo_advisor rollover_000k roommate_borrowed round_financing rule_00
    s_corp s_corporation safe_note sales_discount sales_journal sales_outstanding sales_returns sales_taxes saver_credit
    savings_goal savings_rate sba_loan schedule_b schedule_c schedule_d schedule_e schedule_k schedule_se
    secondary_offering section_000 section_0000 secured_card seed_round segment_reporting sell_calls sell_puts
    sell_shares sell_stock selling_calls selling_puts selling_shares sequence_risk series_b settle_trade settlement_date
    settlement_period severance_pay share_class share_dilution share_issue shareholder_agreement shell_company
    short_call short_interest short_position short_put short_sell short_sellers short_squeeze short_stock short_straddle
    side_income signing_bonus silent_partner simple_rate single_member single_stock small_cap small_loan social_benefit
    soft_pull sole_proprietorship solo_000k spin_off split_equity split_profit spot_market spot_price spot_rate
    spousal_benefit spread_narrow spread_widen spun_off standard_cost start_investing started_investing startup_equity
    startup_valuation stochastic_oscillator stock_allocation stock_award stock_broker stock_fund stock_grant stock_index
    stock_merger stock_purchase stop_limit stop_losses stop_order store_card stronger_dollar stronger_euro
    subscription_revenue subsidiary_company subsidized_loan supplier_credit support_resistance survivor_benefit
    suspense_account synthetic_long t_account take_profit target_fund tax_advantaged tax_advisor tax_aside tax_basis
    tax_consequence tax_deferred tax_documents tax_efficient tax_exempt tax_exemption tax_extension tax_filing tax_haven
    tax_if tax_implication tax_law tax_liability tax_lot tax_penalty tax_preparer tax_professional tax_purposes
    tax_reserve tax_season tax_shelter tax_software tax_time taxable_profit taxed_as taxed_on tech_stock
    technical_analysis tender_offer term_capital term_insurance term_policy term_sheet terminal_value thin_file
    tick_size timesheet_pay title_insurance trade_credit trade_payable trade_receivable trading_halt trading_volume
    trailing_stop transfer_price transfer_pricing translation_adjustment treasury_note treasury_shares treasury_yield
    trust_fund turnover_threshold umbrella_policy under_capitalised unit_economics units_production universal_life
    unpaid_bill unpaid_invoice up_contribution upside_down usd_cad usd_jpy utilization_ratio valuation_cap
    valuation_method value_investing value_stock valued_at vc_fund venture_debt vertical_spread vested_balance
    vested_share voting_share w_0ben wage_garnishment wait_dollar wash_sale weak_currency weaker_currency
    wealth_management write_off yield_savings yield_to your_taxes zero_based zero_commission zero_coupon zombie_debt
"""

PLAIN_PAIRS: Final = """
    aside_for ask_price bull_run business_owner buy_back buy_hold buy_home buys_back cash_advance cash_out claim_my
    co_sign co_signed co_signer company_buys company_issues company_pays company_purchased company_records company_sells
    customer_acquisition do_report gave_money gift_money gifted_money inherited_house inherited_money inherited_property
    interest_go into_euros is_recorded issued_shares issued_stock lent_my lock_in margin_requirement market_crash
    market_timing my_bonus my_employer my_shares my_stock on_margin order_types our_returns own_business paid_back
    pounds_into private_company publicly_traded rates_go retire_in sale_of save_for saving_for second_job sell_home
    sell_my shares_of side_business small_business small_company sole_trade spread_betting stock_fell stock_held
    stock_picks stock_went strong_dollar the_books the_dollar token_sale weak_dollar weaker_dollar
"""

HARMLESS: Final = """
    auto_margin bonus_point bonus_track car_rental full_house house_music house_party index_file interest_in
    margin_bottom margin_left margin_right margin_top raise_error raise_exception raise_valueerror rental_car
    stock_photos stock_up technical_debt token_limit trust_fall white_house
"""
