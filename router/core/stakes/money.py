"""Words of money and banking, from general knowledge of the trade. Data only.

A noun stands in the singular; `topics` adds its plural.
"""

from typing import Final

STRONG: Final = """
    actuarial amex amortization amortize amortized annuity apr apy arbitrage atm autopay bankcard barclays bitcoin
    bookkeeping brokerage cashback chargeback checkbook checkings cheque citibank coinbase collateral collateralized
    contactless copay cosign cosigner creditcard creditor creditworthiness crypto cryptocurrency cvv debit debtor
    delinquency ebitda escrow etf ethereum fafsa fdic fico fidelity fintech forex garnishee heloc hsa iban ifrs
    insolvency insolvent investments invoicing ira kyc mastercard microloan monzo mortgage nsf overcharged overdraft
    overdraw overdrawn overpaid overpayment overspent passcode payee payout paypal payroll pensioner prepayment
    refinance refinanced refinancing refunded reimburse reimbursed reimbursement remittance repay repaying repayment
    revolut robinhood roi roth sepa sharpe sipp solvency stablecoin stockbroker superannuation taxpayer tfsa topup
    unbanked unblock underwriter underwriting usury vat venmo withdrawal withholding zelle
"""

PLAIN: Final = """
    000k 00k account accountant accounting accrual accrued asset atms audit auditor bank banker banking bankrupt
    beneficiary bill billing bond borrow borrowed borrower borrowing broker card cashier checks cibc commission
    cosigned coverage credit currency debt deduct deducted deductible deduction deposit deposited depositing
    depreciation derivatives dividend equity eur fees fiat fiduciary finance financial financially financing
    fraudulent fund funding gaap gbp hedge hedging income inflation inheritance installment insurance insure insured
    insurer invest investing investment investor invoice irs lease ledger lend lender lending leveraged lien
    liquidity loan nasdaq nonprofit owe owed owing payable paycheck payday payment payoff pension policyholder
    portfolio profitability rebate receivable refund rent retirement routing salary savings scam scammed securities
    shareholder spending surcharge swift tax taxable taxation transaction transfer transferred transferring treasury
    unauthorized unrecognized usd valuation vanguard visa wallet withdraw withdrawing
"""

FAINT: Final = """
    activate activated actual advisor afford amount annual app apply appraisal approval approved arrive arrived auto
    bal balance block blocked bounced budget budgeting business buy calculate cancel cancelled capital cash charge
    charged charging checking chip claim close closed company compound confirm confirmed contract contribute
    contribution convert cost currencies declined default delivered disposable dispute disputed dollar donate
    earnings employer estate euro europe exchange expenditure expense expiration expire expired extra failed fee
    file filed filing forecast foreign fraud freeze frozen growth house id identity improve increase interest
    international late liability life lifetime limit liquid lock locked lose lost lottery low lower lump market
    merchant mobile money monthly municipal nominee online open order outstanding paid passport pay payer paying
    penalty pending percent physical pin plan points policy pound premium price principal profit provider purchase
    quarter raise rate receipt receive received recipient redeem rejected report retire retired retiring return
    revenue reward rollover sale save saving score security sell send sending sent share skimmed sold spend spent
    startup statement stock stolen student sum switch tariff top topped topping track trade trader trading trust
    unlock ups verification verify virtual wage wealth wife wire wired withdrew worth yield
"""
