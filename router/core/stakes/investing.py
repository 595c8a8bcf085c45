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
    0000_form 0000_int 0000_k 0000_misc 0000_nec 0000_r 0000_s 000_b 000_college 000_plan 000_savings 000b_plan
    000k_contribution 000k_loan 000k_match 000k_plan 0_employee 0_income 0_job 0_wages a_roth accelerated_depreciation
    accredited_investor accrual_accounting accrual_basis accrued_salaries accrued_wages accumulated_depreciation
    actively_managed activity_based additional_paid adjustable_rate adjusting_entry agency_debt allowance_doubtful
    amend_return amended_return amortize_over an_etf an_ira angel_investor annual_exclusion annual_meeting
    annualized_return annuity_payment arm_loan arms_length as_dependent ask_spread asset_management asset_manager
    asset_mix asset_protection assigned_early audit_report auto_insurance auto_lease back_tax backdoor_roth
    balanced_fund bank_fee bank_reconciliation bank_reserves be_claimed bear_spread bid_ask bitcoin_etf black_scholes
    blue_chip bond_allocation bond_etf bond_fund bond_ladder bond_price bond_rating bonds_payable bonus_issue
    bonus_share bonus_taxed borrow_share bounced_check bridge_loan broker_dealer budget_for build_credit building_credit
    bull_spread business_account business_credit business_debt business_entity business_income business_loan
    business_partner business_structure business_tax butterfly_spread buy_calls buy_puts buy_stock buying_calls
    buying_power buying_puts c_corp c_corporation calendar_spread call_premium call_spread callable_bond cap_rate
    cap_table capital_account capital_asset capital_budgeting capital_call capital_contribution capital_improvement
    capital_lease capital_stock capital_structure capital_tax capitalize_cost capitalize_or car_payment carry_trade
    cash_accounting cash_balance cash_basis cash_secured cash_settled cash_value cashiers_check cd_ladder cd_rate
    certificate_deposit certificates_deposit chapter_0 chapter_00 charitable_contribution charitable_deduction
    charitable_donation charitable_trust claim_dependent claim_social class_share closed_end closing_entry
    collar_strategy collect_social collection_agency college_fund college_savings commodity_futures common_share
    company_match completed_contract compound_growth compounded_annually compounded_monthly conforming_loan
    consolidated_statement contingent_liability contra_account contribution_limit convertible_bond convertible_loan
    convertible_note cost_averaging cost_capital cost_flow cost_goods cost_inventory cost_method coupon_bond
    coupon_payment coverage_ratio covered_put credit_bureau credit_counseling credit_default credit_freeze
    credit_inquiry credit_repair credit_risk credit_spread credit_utilization crypto_gain crypto_loss crypto_tax
    crypto_wallet currency_hedge currency_pair currency_risk currency_swap currency_trade currency_trading
    current_liabilities current_yield custodial_account debit_spread debt_avalanche debt_equity debt_financing
    debt_relief debt_service debt_settlement debt_snowball declared_dividend declining_balance deduct_my default_risk
    default_swap defined_benefit defined_contribution dependent_care depreciation_method depreciation_recapture
    disability_benefit disability_insurance discounted_cash distributions_from dividend_discount dividend_etf
    dividend_investing dividend_payment dividend_payout dividend_per dividend_reinvestment dividend_stock dividend_tax
    dividends_payable do_taxes dollar_averaging dollar_yen donation_receipt double_entry duration_risk e_file
    early_assignment early_distribution early_withdrawal earned_credit earned_income earnings_yield education_credit
    education_savings ee_bond efile_return emergency_savings employee_stock employer_contribution energy_credit
    enterprise_value equity_financing equity_method equity_ratio equity_stake estate_exemption estate_plan
    estimated_payment etf_or eur_usd euro_dollar ev_credit ex_dividend excise_tax exercise_options exercise_price
    external_auditor face_amount factor_investing family_trust federal_loan fibonacci_retracement fiduciary_advisor
    fifo_or file_bankruptcy file_jointly file_separately file_taxes filing_jointly filing_separately filing_taxes
    finance_lease financial_accounting financial_aid financial_independence financial_plan financial_planning
    financial_reporting firm_capitalize fiscal_quarter fixed_annuity fixed_mortgage flexible_spending flip_houses
    flood_insurance foreign_currency foreign_earned foreign_income foreign_stock forex_account forex_broker forex_market
    forex_trading form_0 form_00 form_000 form_0000x forward_contract forward_pe four_percent front_load
    functional_currency fund_fee fund_manager fund_prospectus fundamental_analysis funding_round futures_position
    futures_trading gain_exclusion gains_tax gap_insurance gbp_usd general_partner general_partnership
    generation_skipping gift_exclusion go_public goes_public going_concern going_public gold_futures gold_ira
    good_credit goodwill_impairment gross_salary gross_sales growth_fund growth_investing growth_stock hard_inquiry
    hard_pull hardship_withdrawal harvest_loss head_shoulders health_savings high_deductible high_yield holding_company
    home_office home_sale homeowners_insurance hostile_takeover house_flipping household_budget how_invest i_bond
    immediate_annuity impairment_loss impairment_test implied_volatility in_collections in_debt incentive_stock
    income_taxes index_etf indexed_annuity individual_stock inflation_adjusted inflation_hedge inflation_risk
    inherited_ira initial_public insurance_rate interest_earned interest_payable interest_swap internal_audit
    internal_control intrinsic_value inventory_method inventory_valuation inverse_etf investing_in investment_account
    investment_advice investment_advisor investment_grade investment_income investment_portfolio investment_property
    investment_return investment_strategy invoice_factoring ira_account ira_contribution ira_rollover iron_butterfly
    iron_condor irrevocable_trust irs_audit irs_form irs_letter irs_notice irs_payment itemize_deduction
    itemized_deduction itemizing_deduction job_costing joint_checking joint_return jointly_or journal_entry jumbo_loan
    k_0 large_cap late_filing late_invoice learning_credit lease_accounting lease_car lease_payment leverage_ratio
    leveraged_etf life_policy lifecycle_fund lifetime_exemption lifo_or like_kind limit_price limited_liability
    limited_partner limited_partnership living_paycheck living_trust load_fund loan_forgiveness loan_interest
    loan_officer loan_servicer local_tax long_call long_position long_put long_straddle loss_carryforward loss_carryover
    loss_harvest loss_harvesting loss_statement lot_size lump_investing lump_or management_fee managerial_accounting
    margin_interest margin_loan margin_rate market_order market_risk married_jointly matching_contribution
    matching_principle material_misstatement mega_backdoor micro_cap mid_cap mileage_deduction minimum_distribution
    minority_stake money_fund money_order monthly_budget mortgage_broker mortgage_insurance mortgage_interest
    mortgage_lender mortgage_loan mortgage_point mortgage_rate multi_member my_credit my_debt my_dependent my_ira
    my_loan my_mortgage my_roth naked_call naked_put naked_short negative_equity nest_egg net_lease net_loss
    net_operating net_profit net_salary no_load nominal_rate nonqualified_option note_payable note_receivable
    notes_payable notes_receivable of_capital of_debt oil_futures old_000k on_dividend on_taxes open_end
    operating_agreement operating_loss opportunity_credit option_chain option_contract option_expires option_price
    option_pricing option_writer options_expiration options_expire options_position options_strategy options_trade
    options_trader or_fifo or_lifo order_flow ordinary_income ordinary_share our_debt our_taxes overdraft_protection
    overhead_rate owe_irs owe_taxes owner_draw owners_draw owners_equity paid_dividend par_bond parent_plus
    partner_capital partnership_agreement pass_through passive_activity passive_income passive_investing passive_loss
    passively_managed pattern_day pay_debt pay_dividend pay_irs pay_myself pay_raise pay_taxes paycheck_to paying_debt
    paying_dividend paying_taxes payroll_provider payroll_service payroll_taxes pays_dividend pe_ratio pension_lump
    pension_payout percent_rule percentage_completion permanent_life petty_cash piggyback_loan pip_value pocket_maximum
    poison_pill poor_mans portfolio_rebalancing post_money pre_money preference_share preferred_share premium_credit
    prepaid_insurance prepaid_rent present_values price_book price_earnings private_loan private_mortgage profit_loss
    profit_sharing property_taxes protective_put proxy_statement proxy_vote public_offering purchase_accounting
    purchase_discount purchase_plan put_spread quarterly_estimated quarterly_payment quick_assets rate_risk rate_swap
    ratio_spread real_return reasonable_salary rebalance_portfolio receive_dividend recognise_revenue recognize_revenue
    refundable_credit registered_agent rent_house rental_house rental_loss renter_insurance reporting_currency
    required_minimum restricted_stock retained_profit retire_by retire_on retire_with retirement_income
    retirement_planning revenue_recognition reverse_split reversing_entry revocable_trust rights_issue rights_offering
    risk_adjusted risk_premium risk_tolerance robo_advisor rollover_000k rollover_ira roth_000k roth_account
    roth_contribution roth_ira rsu_vest rule_00 s_corp s_corporation safe_withdrawal sales_discount sales_returns
    sales_taxes saver_credit savings_rate sba_loan schedule_b schedule_c schedule_d schedule_e schedule_k schedule_se
    second_mortgage secondary_offering section_000 section_0000 sector_etf secured_card seed_round segment_reporting
    sell_calls sell_puts sell_stock selling_calls selling_puts sep_ira sequence_risk settlement_date severance_pay
    share_buyback share_dilution share_issue shareholder_agreement shareholder_equity shareholder_loan
    shareholders_equity sharpe_ratio shell_company short_call short_interest short_position short_put short_sell
    short_squeeze short_stock short_straddle signing_bonus silent_partner simple_ira simple_rate single_member
    single_stock small_cap social_benefit soft_pull sole_proprietorship solo_000k spending_account spin_off split_profit
    spousal_benefit spousal_ira spun_off standard_cost start_investing stochastic_oscillator stock_allocation
    stock_award stock_broker stock_buyback stock_dividend stock_fund stock_grant stock_index stock_merger stock_purchase
    stockholder_equity stockholders_equity stop_losses stop_order store_card subsidiary_company subsidized_loan
    support_resistance survivor_benefit suspense_account synthetic_long take_profit target_fund tax_accountant
    tax_advantaged tax_advisor tax_audit tax_basis tax_consequence tax_debt tax_deferred tax_documents tax_efficient
    tax_exempt tax_exemption tax_extension tax_filing tax_haven tax_if tax_implication tax_law tax_liability tax_lien
    tax_lot tax_owed tax_penalty tax_preparer tax_professional tax_purposes tax_season tax_shelter tax_software tax_time
    taxed_as taxed_on tech_stock technical_analysis tender_offer term_capital term_insurance term_policy terminal_value
    the_irs timesheet_pay title_insurance trading_fee traditional_ira trailing_stop transfer_price transfer_pricing
    translation_adjustment treasury_note treasury_shares treasury_yield trust_fund umbrella_policy underwater_mortgage
    unearned_income unearned_rent units_production universal_life unpaid_invoice unvested_share up_contribution
    upside_down usd_cad usd_jpy value_investing value_stock variable_annuity vc_fund vertical_spread vested_balance
    vested_share vesting_schedule voting_share w_0ben wage_garnishment wages_payable wash_sale wealth_management
    with_irs withdrawal_rate write_off year_mortgage yield_savings yield_to your_taxes zero_coupon zombie_debt
"""

PLAIN_PAIRS: Final = """
    bill_spread bull_run business_owner buy_hold buy_home buy_house buying_house can_deduct cash_out cash_payment
    claim_my co_sign co_signed co_signer company_buys company_issues company_pays company_purchased company_records
    company_sells deduct_the do_owe do_report dollar_amount early_retirement extra_income federal_tax fixed_income
    gave_money gift_money gifted_money gig_work i_deduct i_owe inherited_house inherited_money inherited_property
    interest_go into_euros issued_shares issued_stock issues_bond lend_money loan_for loan_from loan_to
    margin_requirement market_crash market_timing my_accountant my_bank my_bonus my_broker my_employer my_investment
    my_llc my_paycheck my_pension my_portfolio my_retirement my_salary my_savings my_shares my_stock nonprofit_status
    on_margin our_returns paid_cash pay_cash pounds_into publicly_traded rates_go report_income retire_in saving_for
    second_job sell_home sell_house sell_my selling_house shares_of side_business side_gig side_income small_business
    sole_trade spread_betting state_tax stock_held stock_picks stock_went strong_dollar tax_form tax_on to_deduct
    token_sale we_owe weak_dollar weaker_dollar
"""

HARMLESS: Final = """
    access_token api_call array_index auto_margin birthday_gift bonus_level bonus_point bonus_track call_api call_center
    call_function call_her call_him call_it call_me call_stack call_the call_them car_rental car_wash christmas_gift
    coin_collection coin_flip coin_toss dance_partner fair_coin flip_coin float_value full_house function_call gift_for
    gift_idea home_run home_screen home_team home_town house_music house_party index_file index_of index_page
    interest_in interested_in journal_prompt long_distance long_list margin_bottom margin_left margin_right margin_top
    merge_request method_call option_button option_key option_menu options_menu options_page partner_dance phone_call
    position_absolute put_away put_down put_in put_it put_method put_on put_out put_request put_stop put_the put_them
    put_this put_together raise_error raise_exception raise_valueerror rare_coin real_madrid real_number real_time
    rental_car roll_call roller_coaster short_answer short_film short_paragraph short_poem short_sentence short_stories
    short_story short_video stock_photos stock_up system_call table_index technical_debt token_limit toss_coin
    trust_fall white_house
"""
