"""Words of the law, from general knowledge of the trade. Data only.

A noun stands in the singular; `topics` adds its plural. What newspapers too write about (police, court, judge) is plain
or faint; what only drafts, pleadings and people with a case write is strong.
"""

from typing import Final

STRONG: Final = """
    acas acquittal adjudicate adjudicated adjudication affiant affidavit affray alimony amicus annulled antitrust
    appellant appellants appellate appellee arbitral arbitration arbitrator arraigned arraignment attorney bailable
    bailed bailiff bailment bankruptcy barratry barrister barristers bigamy blackmail blackmailed bribery cafcass
    caselaw ccpa cfr claimant codefendant codicil codified complainant complainants conservatorship
    constitutionality contractual contravene contravention conveyance conveyancer conveyancing coownership coparty
    copyrightability copyrightable copyrighted counterclaim counterclaims counterparty covenant crpc curtilage
    custodial cybercrime daca debarred decedent defamation defamatory defamed defendant defraud defrauded defrauding
    delict demurrer deponent deportable deportation deported depose deposition disbarment disbarred disbarring
    disclaimer disinherit disinherited dmca dsar dui duress dwi easement eeoc embezzle embezzled embezzlement
    enforceability enforceable enjoin enjoined erisa escheat estopped estoppel evict evicted evictee evicting
    eviction exculpatory executor executrix exonerated expunge expungeable expunged expungement extort extorted
    extortion extradition fcra fdcpa felony fiduciary flsa fmla foia foreclose foreclosure forfeiture freehold
    freeholder garnish garnished garnishment gdpr grantee grantor guardianship h0b habeas harassed harasser hearsay
    heirship hereby hereditament herein hereinafter hereof hereto hereunder hipaa hmcts hoa ilr inadmissibility
    inadmissible inculpatory indemnification indemnified indemnify indemnitee indemnity indict indicted indictments
    infraction infringe infringed infringement infringing injunct injunction injunctive interlocutory intestacy
    intestate irrevocable irrevocably judicata jurisdictional jurisdictions landlord landlords larceny lawsuit
    lawsuits lawyer lawyers leaseholder legatee lessee lessor liability liable libel libellous libelous licensee
    licensor lien lienholder liquidated litigant litigate litigation litigious llp lpa magistrates malfeasance
    malpractice manslaughter mediator merchantability mirandized misappropriation misdemeanor misdemeanour
    misrepresentation mistrial movant naturalisation naturalization naturalized nda ndas negligence negligent
    negligently nlrb noncompete noncompetes nondisclosure nonsuit notarise notarised notarize notarized notary
    notwithstanding novation nullity obiter obligor ombudsman overrule overruled overruling overstayed paralegal
    paralegals parol parole parolee patent patentable patented patentee payor perjured perjury petitioner plaintiff
    plea pleadings ponzi precedential preclusion predecease preemption prenup prenuptial prenuptials preponderance
    pretrial privity probate probation promisee promisor prosecutable prosecutions prosecutorial punitive pursuant
    quash quitclaim recusal recuse remand remanded remitter repossess repossession rescind rescission respondeat
    restitution reversionary revocable scienter seditious sentencings sequester severability severable slandered
    solicitor solicitors squatter squatters ssdi statute statutorily statutory stepparent stipulate stipulated
    stipulation subcontractor sublease sublessee sublet sublicense subpoena subrogated subrogation subtenant sue
    sued suing summonses supersede surety tcpa tenancy tenant testamentary testator testatrix therein thereof
    thereto theretofore thereunder tort tortfeasor tortfeasors tortious tourist_visa trademark trademarked
    transferor trespass trespassed trespasser trespassing tribunal truancy trustee tupe ucc ucmj unbailable
    unconscionable unenforceable unlawful unlawfully unlawfulness unlicensed uscis usufruct usury vacatur vendee
    vexatious vicarious visitation voidable waive waived waiver warranties warrantless whereas wherefore
    whistleblower wiretap wiretapping workmans wrongful wrongfully §
"""

PLAIN: Final = """
    acquitted ada admissible affirmed agreement allegation allege alleged allegedly annul annulment arrested
    assaulted assign assignee assignment assignor asylum attest bail bailiffs beneficiary binding breach breached
    bribe burglar burglary bylaws causation cease certify certiorari chargeback citizenship clause coercion
    cohabitation compel compensatory compliance comply conciliation confidential confidentiality constitutional
    consulate contract contracting contractor convict convicted conviction copyright coroner counsel counselor
    counterfeit court courtroom cps crime criminal criminality custodian custody damages deed deport detained
    disclose disclosed disclosing disclosure discriminate discrimination discriminatory dismiss dismissal dismissed
    dispute disputed divorce divorced docket dowry eeo embassy emigrate employment enact enacted enforce enforcement
    enforcing entitled esq evictable evictions execute exempt exemption fired foreclosed foreseeability fraud
    fraudster fraudulent greencard grievance grievances guardian guilty habeas harassing harassment homicide illegal
    illegally immigrant immigrate immigration immunity imprisonment incorporated indictment inherit inheritance
    inheritor injunctions inmate intellectual invalid ipc irs judge judgement judgment judicial jurisdiction
    jurisprudence jury juvenile kidnapping landlady law lawful lawfully lease legal legalese legalise legality
    legalize legally legislation legislative legislature licence licenced license licensed litigations loitering
    magistrate mediation mediators misconduct nonpayment notarial nuisance obligated obligation obligee offender
    offense ordinance overstay overstayed parties paternity penal penalty permission permitted piracy plagiarism
    pleaded pleading precedent prejudicial presumption prima probable probationary procurement prohibit prohibited
    proprietary prosecute prosecuted prosecution prosecutor provision proviso punishable punishment purporting rebut
    recklessness redress regulations regulator remedy rent renter rescind residency resign resignation resigned
    respondent restraining retainer retaliation rights robbery ruling sanctioned scammer sedition seizure sentenced
    sentencing settlement severance shall shareholder shoplifting signatory slander solicit solicitation spousal
    spouse squatting stalking stepchild stepson subsection suit summons supremacy swindle swindled talaq tenants
    testified testify testimony theft transferee treaty trial unauthorized unconstitutional underage undersigned
    undertakings undocumented unfairly unjust usc vacate vandalism verdict violates violating violation visa void
    wages warrant warranty whistleblowing wilful willful witnessed writ wrongdoing zoning
"""

FAINT: Final = """
    abide accuse accused act action address adultery advocate agree agreed amend amended amendment appeal applicable
    applicant apply assault asset audit authority bailout ban banned battery bill blame boss bound break builder
    business cancelled charge charged circuit civil claim client coerce commission commit company compensation
    complaint concur conduct confess congress consent consideration conspiracy constitution consulted consumer
    contest corporate council country criminals debt deceased decree default defense delay delayed denied deny
    department deposit detention dismissing divorcing doctrine document duty employee employer employers enforced
    ensure equitable erase estate evidence excerpt exclusive expiration expires fair false fault federal fence file
    filed filing fine fines forced forge forged form governed government harass hearing hearings heir homeowners
    incident injury insurance intent interest issue job justice lawfulness legislator letting licensing lodge lodger
    manager marriage married marry member merger minor misleading mitigation murder negotiate neighbor neighbour
    notice null offence officer officers opinion order owner paid parental parenthetical party passport pay permit
    person petition police policy premises prison private proceeding property public punished purchase receive
    receiving refund refused refuses regulation regulatory rental required roommate rule sale scope search section
    seller service settle sign signed sold sovereign sponsorship stalk standard state statement stolen subject
    subjected sublets subsidiary successor suppliers supply supreme tenured terminate terminated termination terms
    theft ticket title trafficking trust unfair union unmarried unsigned vendor venue verdicts victim violate
    violated wage withheld witness work workplace wrongly
"""

STRONG_PAIRS: Final = """
    actus_reus age_discrimination anticipatory_bail appeals_court assured_shorthold asylum_seeker bail_application
    bail_hearing boundary_dispute breach_of break_lease case_law cease_and child_custody child_maintenance
    child_support civil_law class_action collective_bargaining constructive_dismissal consumer_court
    consumer_protection consumer_right cooling_off copyright_claim county_court court_case court_date court_fee
    court_hearing court_order criminal_charge criminal_defense criminal_offence criminal_record crown_court
    custody_arrangement data_controller data_processor data_protection data_subject decree_absolute
    deposit_protection deposit_scheme district_court divorce_papers domestic_violence double_jeopardy drink_driving
    driving_ban drug_possession drunk_driving dual_citizenship due_process eighth_amendment equal_pay
    estate_planning ex_husband ex_wife fair_use family_court family_law fathers_will faulty_goods faulty_product
    fifth_amendment file_fir final_paycheck fir_against first_amendment force_majeure fourteenth_amendment
    fourth_amendment full_custody grand_jury green_card gross_misconduct high_court hostile_work illegal_to
    immigration_status indefinite_leave intellectual_property ip_right joint_custody joint_lease jury_duty labor_law
    labour_law last_will legal_action legal_advice legal_aid legal_document legal_notice legal_right
    legal_separation legal_to legally_required letting_agent limitation_period living_will made_redundant mens_rea
    minimum_wage miranda_right mothers_will neighbors_fence neighbors_tree neighbours_fence neighbours_tree no_will
    non_compete non_disclosure notice_period of_consent of_limitation overtime_pay parental_leave parental_right
    parking_fine parking_ticket party_wall penalty_point permanent_residency permanent_resident personal_data
    personal_injury planning_permission plead_guilty plead_not police_custody police_report press_charge
    pressing_charge prima_facie probable_cause property_dispute property_line protection_order protective_order
    public_defender quiet_enjoyment reasonable_doubt reasonable_suspicion redundancy_pay rent_arrear rent_control
    rent_deposit rental_agreement residence_permit resisting_arrest restraining_order search_warrant
    second_amendment section_00 section_0a security_deposit settled_status sexual_harassment sixth_amendment
    small_claim sole_custody speeding_fine speeding_ticket spousal_maintenance spousal_support student_visa
    subject_access supreme_court title_deed tourist_visa trade_mark trade_secret traffic_stop traffic_ticket
    ultra_vires under_arrest unfair_dismissal unpaid_wage visa_application wage_theft without_consent work_contract
    work_permit work_visa workers_compensation written_warning zero_hours
"""

PLAIN_PAIRS: Final = """
    article_00 birth_certificate bona_fide creative_common dog_bite estate_agent fire_me handed_notice holiday_pay
    marriage_certificate money_claim my_boss my_employer my_neighbor my_neighbour non_refundable notice_to
    police_station public_domain record_calls section_000 self_defence self_defense sick_pay without_notice
"""

HARMLESS: Final = """
    bachelor_party badminton_court basketball_court bathing_suit bird_deed birthday_party bridal_suit clinical_trial
    court_jester court_painter crime_drama crime_fiction crime_novel crime_show crime_thriller defense_mechanism
    dependent_clause dinner_party fine_art fine_dining food_court free_trial good_deed hookes_law independent_clause
    jury_rig law_of laws_of legal_pad license_plate main_clause moores_law newtons_law office_party ohms_law
    parental_guidance party_game party_planning poetic_license political_party power_law relative_clause royal_court
    santa_clause space_suit squash_court subordinate_clause suit_jacket supreme_leader swim_suit tea_party
    tennis_court trial_run trial_version volleyball_court wet_suit where_clause
"""
