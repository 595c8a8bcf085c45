"""Small words of many languages, by which a text shows what it is written in. Data only: lower case, accents kept.

A word stands with every language that uses it often, so that what two languages share tells for neither.
"""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "en": """
        the a and of to in is that it for as with was on be this are by not from at or an have but had has they
        their which were can will would there been if its when who more you he she we his her our your what so
        than them then these those other into about some could should only also because may most such where while
        how each after before between both during through over under any all do does did no my me him us being
        very just even must might many much out up down one two make made get like well own same too per non ai
        due see
    """,
    "de": """
        in was an so der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden
        aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen zum war haben nur oder aber
        vor zur bis mehr durch man sein wurde wenn ich wir ihr ihre seine unter kann gegen vom können schon sehr
        wieder dann diese dieser dieses mein dein ohne zwischen beim muss soll weil doch hier waren habe uns du ai
        alle co ki
    """,
    "fr": """
        a des le la les de et un une du en est que qui dans pour pas sur au par avec ce il elle se plus ne sont
        aux ou mais cette comme son sa ses leur nous vous ils elles je tu être été avait ont fait tout tous bien
        peut même aussi sans deux très donc où ces entre après avant votre notre sous chez dont quand depuis car
        mon ma mes était faire lui si encore toujours ai à ia
    """,
    "es": """
        a no me es le la de un en que se son tu entre si el los las del y una por con para lo al como más su sus
        ha pero fue este esta también cuando muy sin sobre ser ya todo todos porque desde hasta hay donde han
        quien está era puede otros dos durante nos cada así mi ella él ellos nosotros usted yo te eso esto estos
        estas algunos antes después según sólo hace tiene solo
    """,
    "it": """
        a in all le la un il se ma lui si del una con lo al su ha era mi gli di della dei delle che per non è sono
        da alla nel nella come più anche questo questa dal dalla sul sulla suo sua loro ci cui stato essere quando
        perché molto tra ogni dopo prima senza tutti tutto così ai alle negli degli nei nelle ti fu hanno può dove
        ancora solo quindi io lei noi due
    """,
    "pt": """
        a as do no me das um de que se ou mais entre por para como este esta sobre ser todos porque está era dos
        nos cada te antes da sua quando ai os em uma com não na nas é mas ao à foi são tem também seu seus suas
        pelo pela muito já isso ele ela eles nós você vocês eu até sem depois onde ainda só pode mesmo tudo há lhe
        às aos num numa essa esse ia
    """,
    "nl": """
        of in is was we over die als er waren les de en je al te ai alle na het een van dat op met voor niet zijn
        aan om ook door bij naar maar uit hij ze ik dit deze wordt worden heeft hebben werd nog wel meer kan
        kunnen tot dan zich hun haar mijn jouw onze geen veel moet zo wat waar tegen tussen zonder onder zal zou
        toen heel deel kun
    """,
    "pl": """
        a to was we do ich ma te ai com na nas ze nie się jest że jak za od po przez dla przy są jego jej ale czy
        tak który która które tym tego był była było były być może już tylko także oraz lub więc jeśli gdy gdzie
        kiedy bardzo pod nad przed między bez co ten ta ją mu mnie jako można mają bo też jeszcze każdy jednak aby
    """,
    "ro": """
        a are le la de un au ce se ne sa lui el al este era te ai noi tot ale și în cu pe pentru nu din că sunt
        care mai sau fost prin ca să dar după ei ea lor îi își iar până între dacă când foarte acest această
        aceste acestea cum fi avea poate unui unei fără vă toate numai doar asupra fie ar
    """,
    "tr": """
        a to in her de en ne ya mi da ai com po mu ve bir bu için ile olarak çok daha olan gibi kadar ama var yok
        değil sonra ise veya mı mü ki şu ben sen biz siz onlar önce göre ancak hem diye bile nasıl neden hangi
        kendi tüm bazı ayrıca oldu olduğu olur eder üzere arasında tarafından şekilde olduğunu böyle şey artık
        fakat çünkü ho
    """,
    "sv": """
        in under den man de du en se sin han alla ai op om kan co din var och att det som på är av för med till
        inte har ett jag från hon vi ni när så ska eller men också mer efter vid över hade sig sitt sina denna
        detta dessa mycket där hur vad bara kommer skulle blir varje mellan utan genom andra oss mig dig hans
        hennes någon några fel
    """,
    "da": """
        for at over under der den er man de et du en se sin han ai alle os op om dit kan hun co din var det som på
        med har vi så eller men efter sig kommer mig dig hans og af til ikke jeg fra når skal også mere ved havde
        sit sine denne dette disse meget hvor hvad kun ville bliver hver mellem uden gennem andre hendes nogle
        være blev
    """,
    "no": """
        for at over under den er man de et du en se sin han ai alle op om kan hun co din var det som på av med har
        vi så eller men mer sitt kommer blir oss hans hennes og til ikke jeg fra når skal også ved sine denne
        dette disse hvor ville hver andre være etter hadde seg mye hva bare mellom uten gjennom meg deg noen ble
    """,
    "fi": """
        on he me se ne te ai op co ei sen kun ja että oli hän niin mutta tai kuin myös ovat joka jos nyt vain mitä
        olla voi ole tämä tämän sitä minä sinä jotka kanssa mukaan jälkeen ennen sekä kaikki hyvin vielä jo ollut
        voidaan siitä siihen niitä niiden jossa koska joten sillä eli jota kuten välillä ilman
    """,
    "cs": """
        a to by do se je si ai na dat op ze jak za od po jej ale tak pod nad bez co mu jako ve že pro jsou byl
        byla bylo byly nebo jeho jejich jen který která které kteří když kde již také při před mezi až aby ještě
        více může mít má mají být není jsem jsme ho ji tento tato toto tím tom proto protože podle pak však ke
    """,
    "sk": """
        a to by do ich sa je si ai na op zo nie za od po ale tak pod nad bez co mu som že jeho kde až aby má ho
        tento toto tom však vo pre ako sú bol bola bolo boli alebo len ktorý ktorá ktoré keď čo už tiež pri pred
        medzi ešte viac môže mať majú byť sme ju táto tým preto pretože podľa ste
    """,
    "hr": """
        a to do se ne sa je su te da ai na op za od po bez co ako pri iz kao što koji koja koje ali bi bio bila
        bilo ili kada kad samo već više može biti sam smo ste nije nisu njegov ovaj ova ovo taj tako još između
        prije nakon kroz zbog kako gdje svi sve jer ima
    """,
    "sl": """
        to in so do se ne je si te da ai na sem op za od po co ta bo ki med ni jo že pri pred iz ali bi bila bilo
        samo biti smo ste njegov tako kako ima kot bil pa ko tudi več lahko niso še skozi zaradi kjer če brez vsi
        vse ker ter
    """,
    "hu": """
        a is be le de el ha mi te ai ti van op co ki meg az és hogy nem egy ez volt már csak mint vagy kell lehet
        még azt aki ami amely ezt nagyon minden után előtt között szerint által fel így úgy én ők azok ezek itt
        ott mert majd lesz voltak ezért pedig illetve során való mely amelyek olyan
    """,
    "et": """
        on me et sa ma te alla ai op veel nad co ta ei ja oli olla see ka kui aga mis ning või siis selle oma seda
        kes mida nii välja ainult juba väga peale enne kuni üle ilma koos pärast vahel saab võib pole olid kus
        kuidas millest kõik mitte iga samuti
    """,
    "lt": """
        be ne mes su per ai op po co ta dar tai jos jo ji už kad ir yra į iš kaip buvo bet apie nuo ar jų prie tik
        taip pat arba kurie kuris kuri kai jei labai gali būti jau šis ši tas jis jūs aš prieš tarp dėl visi nėra
        tačiau todėl
    """,
    "lv": """
        no un par ka ir bet ar tas uz kas nav vai kā lai
    """,
    "id": """
        para di ai op dan co ke yang dari untuk dengan ini itu pada dalam adalah tidak akan oleh juga atau sebagai
        telah bisa dapat ada lebih karena saat mereka kami kita saya anda ia dia seperti setelah sudah hanya
        antara bagi secara lain jika namun tetapi sebuah tersebut banyak satu harus hingga masih sangat sekitar
    """,
    "vi": """
        do hay tra ai sau và của là có được cho trong một những các không với người đã này khi đến từ như để cũng
        về vào ra nhiều trên lại đó thì sẽ tôi bạn họ chúng phải nếu hoặc bằng nhưng còn rất nào trước theo tại
        bởi vì mà hơn chỉ cùng giữa việc
    """,
    "tl": """
        at may sa si para ai na mas din ni ako dapat kami ka pa ang ng mga ay ito kung hindi mula bilang kanyang
        siya ikaw tayo sila isang rin lamang upang dahil kapag maaaring iyong nito noong bago pagkatapos habang
        gaya niya
    """,
    "sw": """
        la au tu ya ai na op za co ni bila ili wa kwa katika cha vya kuwa hii hiyo huo pia kama yake wake watu yao
        hilo kwamba lakini baada kabla kila sana mimi wewe sisi wao hivyo kutoka hadi zaidi
    """,
    "ca": """
        no la les de un en que el del una al ser per com és els amb més però aquest aquesta són té també dels pel
    """,
    "gl": """
        as do no das un en que se son por con para como dos non da os na é ao unha máis á
    """,
    "af": """
        in is die en te het van dat op met aan om wat nie vir hy sy wees deur
    """,
    "is": """
        er um en sem var og af til á að í við það ekki með fyrir
    """,
    "la": """
        in de et est qui per non cum ad ut ex quae quod sed ab
    """,
    "ru": """
        ai op co и в не на что с по как это он она они но из за от для до у о же бы был была было были мы вы его
        её их так к со при или если когда где также может только уже ещё чтобы который которая которые после перед
        между через без под над во все всё этот эта эти том тот очень есть нет можно надо даже потому я ты мне
    """,
    "uk": """
        ai op co в не на по за для до у о так к при перед через без над все том я і що з як це він вона вони але
        із від ж би був була було були ми ви його її їх зі або якщо коли де також може тільки вже ще щоб який яка
        які після між під усі цей ця ці той дуже є немає можна навіть тому та й ти
    """,
    "be": """
        не на для вы і з як але або які да што гэта ён яна ў пры калі можа толькі яшчэ каб якая пасля перад вашага
        ваш гэты
    """,
    "bg": """
        ai op co и в не на с по как но за от до у о при или между без под над все я би може ще той че това тя те е
        беше бяха ние вие го ги така към със ако когато къде също само вече още да който която които след преди
        през всички този тази тези много са има няма се си като
    """,
    "sr": """
        ai op co и не на с по из за до у о или где без би може те ако само да са има се је су од као што који која
        које али био била било када већ више бити сам смо није нису његов овај ова ово тај то тако још између пре
        након кроз због како сви све јер
    """,
    "el": """
        ai op co και το της η την του ο τα των να είναι από με για που στο στη στην σε δεν μια ένα τον οι τις τους
        ως αλλά ή αν θα έχει έχουν ήταν στα στις όπως αυτό αυτή αυτά πολύ μετά πριν μεταξύ χωρίς κάθε πιο μόνο
        επίσης όταν πώς γιατί τι μας σας μου
    """,
    "ar": """
        op co في من على إلى أن عن مع هذا هذه التي الذي كان كانت هو هي لا ما لم أو كما بين بعد قبل عند كل قد ذلك
        تلك ثم حيث إن لكن غير أي هناك حتى يمكن خلال أكثر حول تم عبر بها به له لها فيها منها
    """,
    "fa": """
        من ما به در از که این را با است برای آن یک می شود شد خود تا بر هم هر یا نیز بود دارد کرد شده کند اما باید
        اگر چه همه دیگر بین پس پیش بدون آنها شما او ها های می‌شود می‌کند
    """,
    "ur": """
        ai بعد یا اگر کے کی میں ہے کا سے اور کو نے پر یہ کہ ہیں اس بھی ایک تھا کر لیے جو وہ نہیں تو ہو گیا کیا ہی
        تھے تھی ان جب تک آپ ہم پہلے
    """,
    "he": """
        ai op co של את על לא הוא היא זה עם כי גם אל או אם כל יש אני הם אבל היה היתה הזה זו יותר רק כמו אחרי לפני
        בין כאשר מה אין היו להיות אנחנו אתה שלו שלה אלה עוד כך
    """,
    "hi": """
        ai के में की है का से को और ने पर यह कि हैं इस भी एक था कर लिए जो वह नहीं तो हो गया ही थे थी या अपने जब तक
        आप हम बाद साथ होता करने किया कुछ द्वारा
    """,
    "mr": """
        ai op co की एक जो तो ही या होता आणि आहे च्या ते हे ती मध्ये साठी आहेत नाही वर किंवा पण होते हा असे त्या
        त्याच्या म्हणून करण्यासाठी करा तर
    """,
    "ne": """
        ai op co के को कि एक हो साथ र छ मा लाई ले यो पनि छन् गर्न वा तपाईं भने हरू लागि छैन थियो तर यी त्यो
        गर्नुहोस्
    """,
    "bn": """
        এবং এই একটি করে করতে হয় থেকে জন্য না আপনার যে এর
    """,
    "ta": """
        மற்றும் ஒரு இந்த என்று உங்கள் அல்லது
    """,
}
"""By language, as ISO 639 names it."""
