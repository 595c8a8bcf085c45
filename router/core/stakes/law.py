"""Words of the law, from general knowledge of the trade. Data only.

A noun stands in the singular; `topics` adds its plural. What newspapers too write about (police, court, judge) is plain
or faint; what only drafts, pleadings and people with a case write is strong.
"""

from typing import Final

STRONG: Final = """
    adjudicate adjudicated adjudication affiant affidavit alimony amicus antitrust appellant appellate appellee
    arbitral arbitration arbitrator arraignment attorney bailiff bailment bankruptcy barrister ccpa cfr claimant
    codicil codified complainant conservatorship constitutionality contractual conveyance conveyancing coparty
    copyrightable copyrighted counterclaim counterparty covenant custodial decedent defamation defamatory defendant
    demurrer deponent deportation deported depose deposition disbarred disclaimer dui duress dwi easement eeoc
    embezzlement enforceability enforceable enjoin enjoined erisa escheat estoppel evict evicted evicting eviction
    executor expunge expunged expungement extradition fcra fdcpa felony fiduciary fmla foreclose foreclosure
    forfeiture garnish garnished garnishment gdpr grantee grantor guardianship harassed hearsay hereby hereditament
    herein hereinafter hereof hereto hereunder hipaa hoa inadmissible indemnification indemnified indemnify
    indemnitee indemnity indictments infringe infringed infringement infringing injunction injunctive interlocutory
    intestate irrevocable irrevocably judicata jurisdictional landlord lawsuit lawyer lessee lessor liability liable
    libel licensee licensor lien liquidated litigant litigate litigation llp malpractice manslaughter mediator
    merchantability misappropriation misdemeanor misrepresentation movant nda negligence negligent negligently nlrb
    noncompete nondisclosure notarize notarized notary notwithstanding novation obligor overrule overruled
    overruling paralegal parol parole parolee patent patentable perjury petitioner plaintiff plea precedential
    preclusion predecease preemption prenup prenuptial pretrial probate probation prosecutorial pursuant quash
    quitclaim recuse remand remanded repossess repossession rescission restitution revocable scienter sequester
    severability severable solicitor squatter ssdi statute statutorily statutory stipulate stipulated stipulation
    subcontractor sublease sublet sublicense subpoena subrogation subtenant sue sued suing supersede surety tcpa
    tenancy tenant testamentary testator testatrix therein thereof thereto theretofore thereunder tort tortfeasor
    tortious trademark trespass trespasser trespassing tribunal trustee ucc unconscionable unenforceable unlawful
    unlawfully uscis usury vacatur vicarious visitation voidable waive waived waiver warranties warrantless whereas
    wherefore whistleblower workmans wrongful wrongfully §
"""

PLAIN: Final = """
    acquitted ada admissible affirmed agreement allegation allege alleged allegedly annul annulment arrested assign
    assignee assignment assignor asylum attest bail beneficiary binding breach breached burglary bylaw causation
    cease certify certiorari chargeback citizenship clause coercion compel compensatory compliance comply
    confidential confidentiality constitutional contract contracting contractor convict convicted conviction
    copyright counsel counselor court courtroom cps crime criminal custodian custody damages deed deport detained
    disclose disclosed disclosing disclosure discriminate discrimination discriminatory dismiss dismissal dispute
    disputed divorce divorced eeo employment enact enacted enforce enforcement enforcing entitled esq execute exempt
    exemption fired foreseeability fraud fraudulent greencard grievance guardian guilty habeas harassing harassment
    illegal illegally immigrant immigration immunity imprisonment incorporated indemnities indictment inherit
    inheritance injunctions intellectual invalid irs judge judgement judgment judicial jurisdiction jurisprudence
    jury juvenile law lawful lawfully lease legal legality legally legislation legislative legislature license
    licensed litigations magistrate mediation nonpayment notarial nuisance obligated obligation obligee offender
    offense ordinance overstay overstayed parties paternity penal penalty permitted pleaded pleading precedent
    prejudicial prima probable procurement prohibit prohibited promissory proprietary prosecute prosecuted
    prosecution prosecutor provision proviso purporting rebut recklessness redress regulations remedy rent renter
    rescind residency respondent restraining retainer retaliation rights ruling sanctioned seizure sentencing
    settlement severance shall shareholder shoplifting signatory slander solicit solicitation stalking subsection
    suit supremacy tenants testify testimony transferee treaty trial unauthorized unconstitutional undersigned
    undertakings undocumented unjust usc vacate verdict violates violating violation visa void warrant warranty
    whistleblowing writ zoning
"""

FAINT: Final = """
    abide accuse accused act action address advocate agree agreed amend amended amendment appeal applicable
    applicant apply arrest assault asset audit authority battery bill boss bound break business cancelled charge
    charged circuit civil claim client coerce commission commit company compensation complaint concur conduct
    confess congress consent consideration conspiracy constitution consumer contest corporate council country debt
    deceased decree default defense delay delayed denied deny department deposit detention doctrine document duty
    employee employer ensure equitable estate evidence excerpt exclusive expiration fair false fault federal fence
    file filed filing fine forced form governed government hearing heir incident injury insurance intent interest
    issue jail job justice lawfulness manager marriage married member merger minor mitigation murder negotiate
    neighbor notice null offence officer opinion order overtime owner paid parental parenthetical party passport pay
    permit person petition police policy premises prison private proceeding property public purchase receive
    receiving refund regulation regulatory required roommate rule sale scope search section seller service sign
    signed sold sovereign speeding standard state statement subject subsidiary successor suppliers supply supreme
    tenured terminate terminated termination terms theft ticket title trafficking trust unfair union unpaid vendor
    venue victim violate violated witness work
"""
