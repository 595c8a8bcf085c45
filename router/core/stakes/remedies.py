"""Names of medicines, vaccines and supplements, from general knowledge of the trade. Data only."""

from typing import Final

STRONG: Final = """
    abilify acarbose accutane acitretin adalimumab adapalene adenosine aldactone alendronate aleve alfuzosin allegra
    allopurinol alprazolam amantadine ambien amiodarone anastrozole antihistamines apremilast aricept arimidex
    aripiprazole armodafinil artemether ashwagandha astrazeneca atarax atenolol ativan atomoxetine augmentin avastin
    azathioprine azelastine azopt bactrim bcg beclomethasone benazepril benicar benzonatate benzoyl benztropine
    berberine betablocker betahistine bimatoprost biontech bisacodyl bisoprolol botulinum brimonidine brintellix
    brivaracetam budesonide bumetanide buprenex buscopan buspirone butalbital bystolic calcitriol calpol canagliflozin
    candesartan carbidopa carboplatin carvedilol cefdinir cefixime ceftriaxone cefuroxime celebrex celecoxib celexa
    cephalexin chlorhexidine chlorpromazine chlorthalidone cialis ciclosporin cilostazol cimetidine cisplatin claritin
    clobazam clobetasol clomid clomifene clomipramine clonidine clotrimazole clozapine codamol colchicine combiflam
    concerta coumadin coversyl cozaar crestor curcumin cyclizine cyclobenzaprine cyclophosphamide cymbalta
    cyproheptadine dabigatran dapagliflozin depakote desloratadine dexlansoprazole dexmethylphenidate dextroamphetamine
    dextromethorphan dicyclomine diflucan dilantin diltiazem diovan diphenhydramine divalproex dobutamine docetaxel
    docusate dolo domperidone donepezil dorzolamide doxazosin doxepin doxorubicin doxylamine dramamine drospirenone dtap
    dulaglutide duloxetine dupixent dutasteride edoxaban efavirenz effexor eletriptan eliquis emgality empagliflozin
    enalapril entecavir entresto eplerenone epoetin ertapenem esomeprazole estazolam eszopiclone etanercept ethambutol
    etoricoxib excedrin exenatide ezetimibe famciclovir famotidine farxiga febuxostat felodipine fenofibrate
    fexofenadine finasteride fioricet flagyl flexeril flomax flonase fluocinonide fluorouracil fluticasone fluvoxamine
    folate formoterol fosamax fosfomycin ganciclovir gardasil gaviscon gemfibrozil glargine glibenclamide gliclazide
    glimepiride glipizide glucosamine glyburide glycopyrrolate granisetron guaifenesin guanfacine haldol haloperidol
    heparin humalog humira hydrochlorothiazide hydromorphone hydroxyzine hyoscine hyoscyamine ibandronate imatinib
    imipramine imitrex immunisation immunise immunised imodium implanon indapamide inderal indomethacin infliximab
    irbesartan isoniazid isosorbide isotretinoin isradipine itraconazole ivabradine ivermectin januvia jardiance keflex
    keppra ketoconazole ketorolac klonopin kratom lacosamide lamictal lansoprazole lantus lasix latanoprost leflunomide
    letrozole levalbuterol levetiracetam levocetirizine levodopa levofloxacin levonorgestrel lexapro linagliptin
    linezolid linzess liraglutide lithobid lomotil lorcet lunesta lurasidone lyrica macrobid mebeverine meclizine
    medroxyprogesterone mefenamic meloxicam melperone memantine meperidine mesalamine metaxalone methimazole
    methocarbamol methylphenidate methylprednisolone metoclopramide metolazone metronidazole micardis miconazole
    midazolam midodrine mifepristone minoxidil miralax mirena mirtazapine misoprostol mmr mobic modafinil molnupiravir
    mometasone montelukast mounjaro mucinex multivitamins mupirocin mycophenolate nadolol naltrexone namenda naratriptan
    nasacort nebivolol neurontin nexium nexplanon niacinamide nicorette nifedipine nitrazepam nitrofurantoin nizatidine
    norco norepinephrine norethindrone norethisterone nortriptyline norvasc novavax nurofen nuvaring nystatin oestrogen
    olanzapine olmesartan olopatadine ondansetron orlistat oseltamivir oxcarbazepine oxybutynin oxymetazoline
    oxymorphone paclitaxel panadol pantoprazole paxil paxlovid pembrolizumab pepcid percocet percogesic perindopril
    permethrin phenazopyridine phenergan phenobarbital phentermine phenylephrine phenytoin pimecrolimus pioglitazone
    piroxicam plaquenil pramipexole prasugrel pravachol pravastatin prazosin prednisolon premarin prevacid prilosec
    primidone prinivil pristiq probenecid procardia prochlorperazine progestin promethazine propecia propofol
    propylthiouracil protonix provigil prucalopride psyllium pulmicort pyrazinamide quetiapine quinapril quinine
    rabeprazole raloxifene ramipril ranexa ranolazine rapamune reglan relpax remeron remicade repaglinide requip
    restasis restoril revaccinated rhinocort rifampicin rifampin rifaximin risedronate risperdal rituximab rizatriptan
    roaccutane robaxin robitussin rocuronium ropinirole rosuvastatin rybelsus sacubitril salbutamol savella saxenda
    selegiline senna seroquel sertralin sevelamer shingrix silodosin simvastatin singulair sirolimus sitagliptin
    skelaxin skyrizi solifenacin sotalol spiriva spironolactone stelara strattera strepsils succinylcholine sucralfate
    sudafed sulfamethoxazole sulfasalazine sulindac sumycin symbicort symbyax synthroid tacrolimus tadalafil tamsulosin
    tapentadol tegretol telmisartan temazepam tenofovir tenormin terazosin terbinafine teriflunomide tiagabine
    ticagrelor timolol tiotropium tirzepatide tizanidine tofacitinib tolterodine topamax toprol toradol torsemide tramal
    trastuzumab travoprost tretinoin triamcinolone triamterene triazolam trileptal trimethoprim trintellix trulicity
    ulipristal ultram upadacitinib valacyclovir valsartan valtrex vardenafil varenicline vasopressin ventolin verapamil
    vilazodone voltaren vortioxetine vyvanse wellbutrin xarelto xeljanz xyzal zaleplon zanaflex zantac zepbound zestril
    zetia ziac ziprasidone zithromax zocor zofran zolmitriptan zolpidem zonisamide zopiclone zovirax zyban zyprexa
    zyrtec
"""
