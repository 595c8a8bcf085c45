"""Words of money and banking, from general knowledge of the trade. Data only.

A noun stands in the singular; `topics` adds its plural.
"""

from typing import Final

STRONG: Final = """
    accountancy accretive accruals accrue accruing actuarial actuary adr afterpay altcoin amex amortisation amortise
    amortised amortising amortization amortize amortized annualised annualized annuitant annuity antidilutive apr
    apy arbitrage atm aum autopay balancesheet bankcard bankroll barclays bearish binance bitcoin bitcoins bnpl
    bookkeep bookkeeper bookkeeping brokerage brokerages buyback cagr capex capitalisation cashback cashflow
    cashflows chargeback chargeoff checkbook checkings cheque citibank cogs coinbase coinsurance coinsured
    collateral collateralized contactless copay copayment cosign cosigned cosigner cosigning cpf creditcard creditor
    creditworthiness creditworthy crypto cryptocurrency cryptos cvv dca dcf debenture debit debtor deductibility
    defi delinquency delist delisted depreciable depreciate depreciated dilutive disbursed disbursement divest
    divested divestiture dividend dogecoin downpayment drawdown earner ebit ebitda ebt eftpos eitc elss emi epf epfo
    eps equifax equities escrow esop espp etf ethereum etrade eurobond exdividend expensed experian fafsa fcf fdi
    fdic fha fica fico fidelity finra fintech forbearance forex fsa ftse garnishee gilts gst gstin hedgefund heloc
    hmrc hodl hra hsa hysa iban ifrs incometax indebted indebtedness insolvency insolvent insurable intangibles
    investable investments invoicing ipo ira irs itin itr klarna kyc largecap ledgers lenders lifo loanee ltcg ltv
    macrs mastercard metamask microcap microfinance microloan midcap moneygram moneylender monzo mortgage mortgaged
    mortgages muni mutualfund netbanking nonbank noncurrent nonoperating nonrecourse nontaxable npv nre nro nsf nyse
    overcharged overdraft overdraw overdrawn overinsured overleveraged overpaid overpay overpayment overspent
    overvalued passcode payables paye payee payout paypal payroll payslip paystub pensionable pensioner ppf
    premarket prepayment prepayments pretax quickbooks receivables refi refinance refinanced refinancing refunded
    reimburse reimbursed reimbursement reinsurance reinsurer reinvest reinvested reinvesting reit remit remittance
    remitted remitting remortgage repay repaying repayment repossess repurchases revolut rmd robinhood roi roth rsu
    schwab sebi securitization securitized selfemployed sensex sepa shareholding sharpe sipp smallcap solana
    solvency spx stablecoin stablecoins stcg stockbroker stockholder subprime sukuk superannuated superannuation
    swaption taxman taxpayer tds tfsa topup tranche transunion turbotax unamortised unamortized unbanked unblock
    underinsured underpaid underpaying underpayment undervalued underwrite underwriter underwriting uninsured
    unrealised unrealized untaxed usdc usdt usury vat venmo vesting voo vti wealthfront webull westernunion
    withdrawal withholding workpaper writedown writeoff xrp zelle zerodha
"""

PLAIN: Final = """
    000k 00k account accountant accountants accounting accrual accrued acquirer adjuster amortizing appreciated
    arrears asset atms ato audit auditor bank banker banking bankrupt bankrupted beneficiary bill billing bond bonds
    borrow borrowed borrower borrowing borrowings bps broker budgeted bullish bursary card cashier checks cibc
    commission commodities commodity conglomerate consolidated cosigned coupon coverage cra credit creditcards
    cryptocurrencies currency debt deduct deducted deductible deduction delinquent deposit deposited depositing
    depreciation derivatives dividend dividends dow earnings endowment equity etfs eur expense expenses fees fiat
    fiduciary fifo finance financer financial financially financiers financing fiscal fraudulent freelancer fsas
    fund funding futures fy gaap gbp goodwill hedge hedging homeowner hst income inflation inheritance installment
    installments instalment insurance insurances insure insured insurer inventories invest investing investment
    investor invoice invoices invoicing irs isa itemize itemized lease leasehold ledger lend lender lending leverage
    leveraged levy lien liquidation liquidity llc loan loans lumpsum matures maturities moneyed nasdaq nav nifty
    nonprofit nps nri overhead overspend overspending owe owed owing payable payables paycheck payday payer payment
    payoff payrolls pension pensions policyholder portfolio prepaid prepay profitability profitable proprietor
    prorated qoq quarterly rbi rebate rebates receivable recession refund rent repurchase repurchased retiree
    retirement revenue routing salaried salary savings scam scammed securities shareholder shareholders spending ssn
    stipend stockbroking sublet surcharge swift tariff tax taxable taxation taxed taxes ticker trader trading
    transaction transfer transferred transferring treasury unauthorized uncollectible underfunded underpay
    unemployment unrecognized upi usd valuation valuations vanguard vested visa wages wallet withdraw withdrawing
    yoy
"""

FAINT: Final = """
    activate activated actual adviser advisor afford allowance amount annual app apply approval approved arrive
    arrived auto backdated bal balance block blocked bounced broke budget budgeting business buy calculate cancel
    cancelled capital cash charge charged charging cheaper checking chip claim close closed company compound confirm
    confirmed contract contribute contribution convert cost currencies declined default delivered diluted disposable
    dispute disputed dollar donate earnings employed employer estate euro europe exchange exempt expenditure expense
    expiration expire expired extra failed file filed filing financials fluctuation forecast foreign fraud freeze
    frozen gains growth guarantee hourly house hsbc id identity improve increase interest international inventory
    investors late leasing liability life lifetime limit liquid lock locked lose lost lottery low lower lump margin
    market merchant mileage millions mobile money monthly municipal net nominee obligations offset online open order
    outstanding paid paperwork passport pay paycheque payer paying penalty pending percent physical pin plan points
    policy pound pounds premium price principal proceeds profit provider purchase quarter raise rate ratio receipt
    receive received recipient redeem rejected report reserves retire retired retiring return revenue reward
    rollover rupee sale save savers saving score secured security segment sell seller send sending sent share shares
    sip skimmed sold spend spent startup statement stock stolen student subsidy sum super switch tariff tips top
    topped topping track trade trader trading transferable trust unlock unpaid unsecured ups verification verify
    virtual wage wealth weighted wife wire wired withdrew worth yield
"""

STRONG_PAIRS: Final = """
    accrued_interest accrued_liability adjusted_gross annual_interest annual_revenue asset_allocation asset_class
    asset_turnover audit_opinion auto_loan bad_credit bad_debt balance_sheet balance_transfer bank_charge
    bank_statement based_compensation basis_point bear_market benefit_obligation bond_yield bonus_depreciation
    book_value bull_market business_expense call_option capital_allowance capital_expenditure capital_gain
    capital_gains capital_loss car_finance car_insurance car_loan cash_equivalent cash_flow checking_account
    child_tax closing_cost cold_wallet commercial_paper common_stock company_stock compound_interest
    contractual_obligation contribution_margin corporate_bond corporation_tax cost_accounting cost_basis council_tax
    coupon_rate covered_call credit_check credit_history credit_limit credit_line credit_note credit_rating
    credit_report credit_score credit_union currency_conversion current_account current_asset current_liability
    current_ratio day_trade day_trader day_trading debt_collection debt_collector debt_consolidation debt_ratio
    deferred_revenue deferred_tax demat_account discount_rate dollar_cost dollar_index doubtful_account down_payment
    earnings_per earnings_report effective_tax emergency_fund employer_match equity_release estate_tax estimated_tax
    exchange_traded expense_ratio fair_value fender_bender fifo_method file_tax filing_status filing_tax
    finance_charge financial_adviser financial_advisor financial_planner financial_statement financial_year
    fiscal_year fixed_asset fixed_cost fixed_rate foreign_transaction form_0000 free_cash futures_contract
    general_ledger gift_tax goods_sold government_bond gross_income gross_margin gross_pay gross_profit
    hardware_wallet health_insurance hire_purchase home_equity home_insurance home_loan hospital_bill
    income_statement index_fund input_credit insurance_claim insurance_company insurance_cover insurance_premium
    intangible_asset interest_expense interest_income interest_rate inventory_cost inventory_costing
    inventory_turnover joint_account junk_bond late_fee lease_liability lease_obligation lien_release life_cover
    life_insurance limit_order limited_company loan_amount loan_balance loan_term margin_account margin_call
    market_cap married_filing medical_bill medical_debt minimum_payment minority_interest money_laundering
    money_market money_transfer municipal_bond mutual_fund national_insurance net_asset net_debt net_earning
    net_income net_present net_revenue net_sales no_claim on_equity operating_expense operating_income
    operating_lease operating_margin operating_profit option_premium options_contract options_trading
    outstanding_share par_value pay_slip pay_stub pay_tax paying_tax penny_stock pension_age pension_contribution
    pension_plan pension_pot per_share personal_loan plan_asset preferred_stock premium_bond private_equity
    profit_margin property_plant property_tax provident_fund put_option quarterly_earning quick_ratio rental_expense
    rental_income rental_property renters_insurance residual_value restructuring_charge retained_earning retire_at
    retire_early retirement_age retirement_plan retirement_saving revenue_growth salary_sacrifice sales_tax
    salvage_value seed_phrase segment_revenue self_assessment self_employed self_employment share_capital
    share_price share_repurchase shares_outstanding short_selling side_hustle simple_interest sinking_fund
    sole_proprietor sole_trader stamp_duty standard_deduction standing_order stock_compensation stock_exchange
    stock_market stock_option stock_portfolio stock_price stock_split stop_loss strike_price student_debt
    student_loan super_fund surrender_value swing_trade target_date tax_authority tax_benefit tax_bracket tax_code
    tax_evasion tax_free tax_loss tax_office tax_rate tax_relief tax_return tax_treaty tax_year term_debt term_life
    to_earnings to_equity total_asset total_debt total_liability total_revenue travel_insurance treasury_stock
    trial_balance unemployment_benefit universal_credit useful_life variable_cost variable_rate venture_capital
    wealth_tax western_union whole_life wire_transfer working_capital write_down yield_curve
"""

PLAIN_PAIRS: Final = """
    000_k base_rate break_even child_benefit day_rate face_value federal_reserve fixed_rate future_value in_billion
    in_million in_thousand interest_only marginal_cost market_value money_back non_current non_operating of_return
    opportunity_cost paid_off pay_back pay_off pay_rise percent_change percentage_change present_value rate_hike
    real_estate second_home side_job social_security take_home variable_rate weighted_average written_off wrote_off
"""

HARMLESS: Final = """
    balance_on bank_holiday bank_robber beef_stock bill_clinton bill_gates bill_murray birthday_card blood_bank
    bond_angle bond_film bond_girl bond_movie bond_villain buffalo_bill card_game chemical_bond chicken_stock
    christmas_card closing_credit covalent_bond credits_roll dollar_store double_bond duck_bill end_credit
    extra_credit film_credit fish_stock flash_card food_bank graphics_card greeting_card hydrogen_bond index_card
    invitation_card ionic_bond james_bond keep_balance library_card life_balance loan_word memory_card
    opening_credit phone_bill place_card playing_card pokemon_card post_card power_bank red_card report_card
    return_value river_bank score_card sd_card sim_card stack_stock stock_cube stock_image stock_photo thank_card
    trading_card valentine_card vegetable_stock wild_card work_balance writing_credit yellow_card
"""
