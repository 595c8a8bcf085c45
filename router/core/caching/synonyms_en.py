"""English words of one meaning, a line each, the first of which stands for all of them; and numbers. Data only."""

from collections.abc import Mapping
from typing import Final

GROUPS: Final = """
    buy purchase
    delete erase remove
    change modify alter edit
    cancel terminate
    begin start commence
    end finish
    repair fix mend
    fast quick rapid quickly
    photo picture pic photograph
    film movie
    doctor physician
    child kid children kids
    car automobile
    price cost
    need require
    necessary needed required
    allowed permitted
    show display
    find locate
    get obtain receive
    create make
    configure setup
    register enroll enrol
    enable activate
    disable deactivate
    invoice bill
    company firm
    lawyer attorney
    choose select pick
    delivery shipping shipment
    deliver ship
    parcel package
    contact reach
    happen occur
    big large
    biggest largest
    small little
    smallest tiniest littlest
    fastest quickest
    tallest highest
    live reside
    cheap inexpensive
    expensive costly pricey
    difficult hard tough
    easy simple
    clever smart intelligent
    ill sick
    often frequently
    maximum max
    minimum min
    about approximately roughly
    merge combine
    copy duplicate
    convert transform
    calculate compute
    shop store
    employee worker
    student pupil
    method technique
    advantage benefit pro
    disadvantage drawback downside con
    goal aim objective
    effect impact
    main primary principal major
    use utilize utilise
    prevent avoid
    kilometre km kilometer kilometers kilometres kms
    metre meter meters metres
    centimetre cm centimeter centimeters centimetres
    millimetre mm millimeter millimeters millimetres
    kilogram kg kilograms kilo kilos kgs
    gram grams gramme
    litre liter liters litres
    mile miles
    pound lb lbs pounds
    ounce oz ounces
    inch inches
    foot feet ft
    celsius centigrade
    fahrenheit
    hour hours hr hrs
    minute minutes mins
    dollar dollars $
    euro euros € eur
    percent % pct
    & and
    application app
    holiday vacation
    colour color
    favourite favorite
    centre center
    organise organize
    grey gray
    tyre tire
    mould mold
    licence license
    theatre theater
    jewellery jewelry
    aeroplane airplane
    tv television
    password passcode
    permission authorization
    forbid prohibit
    fridge refrigerator
    flat apartment
    present gift
    ad advert advertisement
    info information details
    reply respond answer
    assist help
"""

NUMBERS: Final[Mapping[str, str]] = {
    **{
        word: str(value)
        for value, word in enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty".split()
        )
    },
    **{
        word: str(value)
        for value, word in zip(
            range(30, 101, 10), "thirty forty fifty sixty seventy eighty ninety hundred".split(), strict=True
        )
    },
    **{
        word: f"{value}th"
        for value, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
        )
    },
    "1st": "1th",
    "2nd": "2th",
    "3rd": "3th",
}
"""Ordinals are told from other numbers by their ending."""

COMMON: Final = frozenset(
    """
    account accounts accommodation achieve across activation address addresses airport allergy annual anniversary
    another appliance application appointment approval assistance attachment available balance bathroom battery
    beginning between birthday breakfast browser business calendar cancellation category certificate chocolate
    college colleague computer connection continue contract country coupon credit customer database december
    default definitely department deposit different directory discount document documents download dryer
    electricity embassy emergency environment equipment exchange experience february fitness foreign freezer
    furniture garden generator government grammar guarantee happened headache history hospital immediately
    important insurance interest internet interview january journey keyboard kitchen knowledge language laundry
    learning library licence luggage machine maintenance management marriage mattress membership message
    microphone microwave mortgage mountain necessary neighbour newsletter notification notifications november
    occurred october official operating order passport password payment percentage permission personal pharmacy
    planet policy possible prescription printer privacy problem product profile program project promotion
    pronounce purchase question receipt receive recipe recommend refund register reservation restaurant saturday
    schedule school screenshot seatbelt security separate september sentence server service settings signature
    software solution spaghetti spelling statement station subscription success symptom symptoms system teacher
    telephone temperature thermostat thursday together tomorrow transaction transfer translate transmission
    transport travel treatment university update upgrade vegetable vehicle verification version wednesday weight
    website yesterday
    """.split()
)
"""Words that are often mistyped, none of which is one slip away from a rarer one."""
