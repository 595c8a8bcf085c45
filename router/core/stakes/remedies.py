"""Names of medicines, vaccines and supplements, from general knowledge of the trade. Data only."""

from typing import Final

STRONG: Final = """
    abilify accutane adalimumab adapalene adenosine aldactone alendronate aleve allopurinol alprazolam ambien
    amiodarone anastrozole antihistamines aripiprazole artemether ashwagandha astrazeneca atarax atenolol ativan
    atomoxetine augmentin avastin azathioprine bactrim bcg beclomethasone benzoyl benztropine berberine betablocker
    betahistine biontech bisacodyl bisoprolol budesonide buscopan buspirone calpol carbidopa carboplatin carvedilol
    ceftriaxone cefuroxime celebrex celecoxib celexa cephalexin chlorhexidine cialis ciclosporin cisplatin claritin
    clobetasol clomid clonidine clotrimazole clozapine codamol colchicine combiflam concerta coumadin crestor
    curcumin cyclizine cyclobenzaprine cyclophosphamide cymbalta dapagliflozin depakote desloratadine
    dextromethorphan diflucan dilantin diltiazem diphenhydramine dobutamine docetaxel dolo domperidone donepezil
    doxorubicin dramamine dtap dulaglutide duloxetine dupixent efavirenz effexor eliquis empagliflozin enalapril
    entresto etanercept ethambutol etoricoxib excedrin exenatide famotidine farxiga febuxostat fexofenadine
    finasteride flagyl flexeril flomax flonase fluorouracil fluticasone folate ganciclovir gardasil gaviscon
    glargine gliclazide glimepiride glipizide glucosamine guaifenesin guanfacine haldol haloperidol heparin humalog
    humira hydrochlorothiazide hydromorphone hydroxyzine imatinib immunisation immunise immunised imodium implanon
    infliximab isoniazid isotretinoin ivermectin januvia jardiance keflex keppra ketoconazole ketorolac klonopin
    kratom lacosamide lamictal lantus lasix leflunomide letrozole levetiracetam levocetirizine levodopa levofloxacin
    levonorgestrel lexapro linagliptin linzess liraglutide lurasidone lyrica mebeverine medroxyprogesterone
    meloxicam memantine mesalamine methylphenidate metoclopramide metronidazole miconazole midazolam mifepristone
    minoxidil miralax mirena mirtazapine misoprostol mmr modafinil mometasone montelukast mounjaro mucinex
    multivitamins mupirocin mycophenolate naltrexone nasacort nexium nexplanon nitrofurantoin norco norepinephrine
    nortriptyline novavax nurofen nuvaring nystatin oestrogen olanzapine ondansetron oseltamivir oxcarbazepine
    oxymorphone paclitaxel panadol pantoprazole paxil paxlovid pembrolizumab pepcid percocet permethrin phenergan
    phenobarbital phentermine phenytoin pioglitazone plaquenil pravastatin prazosin prilosec prochlorperazine
    progestin promethazine propofol psyllium pyrazinamide quetiapine quinine raloxifene ramipril remicade
    revaccinated rifampicin rifampin rituximab rizatriptan roaccutane rocuronium rosuvastatin salbutamol saxenda
    seroquel sertralin shingrix simvastatin singulair sirolimus sitagliptin skyrizi spironolactone stelara strattera
    strepsils succinylcholine sudafed sulfasalazine symbicort synthroid tacrolimus tadalafil tamsulosin tapentadol
    temazepam tenofovir terbinafine tiotropium tirzepatide tizanidine topamax trastuzumab tretinoin triamcinolone
    trulicity ulipristal valacyclovir valtrex vasopressin ventolin verapamil vyvanse wellbutrin xarelto zantac
    ziprasidone zithromax zocor zofran zolpidem zyprexa zyrtec
"""
