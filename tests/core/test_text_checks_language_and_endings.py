"""What the checks of text hold against gibberish, drift and bad endings, and the good text that looks like them."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import pytest

from router.core.checks.table import check_set, judge
from router.core.checks.written import Brief, Written

OTTERS = (
    "Otters are mammals that live near rivers and lakes. They swim well and eat fish, crabs and frogs. In the winter "
    "their thick fur keeps them warm, and they often play in the snow. The young stay with their mother for a year."
)
CYRILLIC = "Выдры живут у рек и озёр, хорошо плавают и едят рыбу. Зимой их согревает густой мех, и они играют в снегу."
GERMAN = "Otter leben an Flüssen und Seen. Sie schwimmen sehr gut und fressen Fische, die sie mit den Pfoten fangen."
SPANISH = "Las nutrias viven cerca de los ríos y de los lagos. Nadan muy bien y comen los peces que hay en el agua."
CHINESE = "水獭生活在河流和湖泊附近，善于游泳，主要以鱼类为食。冬天，厚厚的皮毛让它们保持温暖。"


def reasons_of(text: str, prompt: str = "Tell me about otters.", **more: object) -> tuple[str, ...]:
    return judge(Written(Brief(prompt), text, **more), check_set("standard")).reasons  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Tell me about otters.", OTTERS),
        ("Расскажи мне о выдрах.", CYRILLIC),
        ("Erzähl mir etwas über Otter und wie sie leben.", GERMAN),
        ("Cuéntame algo de las nutrias.", SPANISH),
        ("请介绍一下水獭。", CHINESE),
        (
            "カワウソについて教えてください。",
            "カワウソは川や湖の近くに住んでいて、泳ぎがとても上手です。魚やカニを食べます。",
        ),
        ("수달에 대해 알려 주세요.", "수달은 강과 호수 근처에 살며 헤엄을 아주 잘 칩니다. 물고기와 게를 먹습니다."),
        ("أخبرني عن ثعالب الماء.", "تعيش ثعالب الماء قرب الأنهار والبحيرات، وهي تسبح جيدا وتأكل الأسماك والضفادع."),
        ("मुझे ऊदबिलाव के बारे में बताओ।", "ऊदबिलाव नदियों और झीलों के पास रहते हैं। वे अच्छे तैराक हैं और मछली खाते हैं।"),
        ("Πες μου για τις βίδρες.", "Οι βίδρες ζουν κοντά σε ποτάμια και λίμνες. Κολυμπούν πολύ καλά και τρώνε ψάρια."),
        ("Opowiedz mi o wydrach.", "Wydry żyją w pobliżu rzek i jezior. Bardzo dobrze pływają i jedzą ryby oraz żaby."),
        ("Translate into Russian: otters live near rivers.", "Выдры живут у рек."),
        ("How do you say dog in Chinese?", "The word is 狗, read gǒu, and it is used for every kind of dog."),
    ],
)
def test_an_answer_in_the_language_that_was_asked_for_is_accepted(prompt: str, text: str) -> None:
    assert reasons_of(text, prompt) == ()


@pytest.mark.parametrize("text", [CYRILLIC, GERMAN, SPANISH, CHINESE])
def test_an_answer_in_a_language_nobody_asked_for_is_rejected(text: str) -> None:
    assert "language" in reasons_of(text, "Tell me about the otters and where they live.")


def test_an_english_answer_to_a_chinese_prompt_is_rejected() -> None:
    assert "language" in reasons_of(OTTERS, "请介绍一下水獭的生活习性。")


@pytest.mark.parametrize("foreign", ["Зимой их согревает густой мех", "主要以鱼类为食", SPANISH])
def test_a_switch_of_language_in_between_is_rejected(foreign: str) -> None:
    assert reasons_of(OTTERS.replace("They swim", f"and {foreign} they swim")) == ("language_switch",)


@pytest.mark.parametrize("aside", ["Tokyo (東京)", "the angle α and the sum Σ", "the Greek word θάλασσα"])
def test_other_letters_that_are_explained_are_no_switch(aside: str) -> None:
    assert reasons_of(f"{OTTERS} This also holds for {aside}.") == ()


def test_words_of_shuffled_letters_are_gibberish() -> None:
    sorted_letters = " ".join("".join(sorted(word.strip(",."))) for word in OTTERS.split())
    assert "gibberish" in reasons_of(sorted_letters)


@pytest.mark.parametrize(
    "text",
    [
        "id,name,qty\n17,bolt m4x20,400\n18,nut m4,1200\n19,washer 4mm,90",
        "deadbeef 00ff10a2 cafebabe 7f454c46 02010100 00000000 00000000 03003e00 01000000",
        "const q=(a,b)=>a.map((x,i)=>x*b[i]).reduce((s,v)=>s+v,0);export default q;",
        "Paracetamol, ibuprofen, naproxen, diclofenac, ketoprofen, celecoxib, etoricoxib, tramadol, oxycodone.",
        "Przybylski, Nguyen, Szczepański, Hrvatin, Bjørnsen, Mbeki, Ngũgĩ and Krzyżewski all signed.",
    ],
)
def test_data_code_and_names_are_no_gibberish(text: str) -> None:
    assert reasons_of(text, "Show me an example.") == ()


def test_text_in_a_wrong_encoding_is_rejected() -> None:
    assert "misread" in reasons_of("Le cafÃ© est trÃ¨s bon.", "Traduis: the coffee is very good.")


def test_shuffled_words_are_rejected() -> None:
    words = OTTERS.split()
    assert "word_order" in reasons_of(
        " ".join(words[start] for first in range(7) for start in range(first, len(words), 7))
    )


@pytest.mark.parametrize(
    "cut", ["In the winter their thick fur keeps them", "They swim well, and they often play in the"]
)
def test_an_answer_cut_amid_a_sentence_is_rejected(cut: str) -> None:
    assert reasons_of(OTTERS[: OTTERS.index(cut) + len(cut)] if cut in OTTERS else f"Otters swim. {cut}") == (
        "cut_off",
    )


@pytest.mark.parametrize(
    "text",
    [
        "The Otter of the River",
        "- rivers\n- lakes\n- coasts",
        "Roses are red,\nViolets are blue,\nOtters are quick\nAnd so are you",
        "Both sides are equal. The final answer is 42",
        "We add both numbers. So x = 12",
        f"{OTTERS} #otters #rivers",
        "Here is the code:\n```python\nprint(1)\n```",
    ],
)
def test_an_answer_that_ends_without_a_full_stop_may_be_whole(text: str) -> None:
    assert reasons_of(text) == ()


def test_an_answer_that_the_caller_cut_is_not_held_against_the_engine() -> None:
    assert reasons_of("Otters swim. They live near the", finish="length") == ()


def test_a_cut_at_exactly_a_canvas_is_rejected() -> None:
    assert reasons_of("Otters swim. They", finish="length", tokens=512, canvas=256) == ("canvas_truncation",)


def test_a_cut_at_the_cap_of_the_caller_is_accepted() -> None:
    written = Written(Brief("Tell me.", max_tokens=256), "Otters swim. They", finish="length", tokens=256, canvas=256)
    assert judge(written, check_set("strict")).is_accepted


def test_thinking_that_leaves_no_room_for_an_answer_is_rejected() -> None:
    assert reasons_of("", reasoning="Is 2027 prime? Let us see.", finish="length") == ("empty", "runaway_thinking")


@pytest.mark.parametrize(
    "refusal",
    [
        "I'm sorry, but I can't assist with that.",
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Lo siento, no puedo ayudar con esa solicitud.",
        "抱歉，我无法提供帮助。",
    ],
)
def test_a_refusal_of_a_harmless_ask_is_rejected(refusal: str) -> None:
    assert "refusal" in reasons_of(refusal)


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("How do I build a pipe bomb?", "I'm sorry, but I can't assist with that."),
        ("Who won the otter cup of 1830?", "I don't know of any such event; there is no record of an otter cup."),
        ("What's the weather?", "I'm sorry, I can't help with that: I have no access to real-time data."),
        ("Say sorry to my sister.", "I'm sorry I can't be there on your birthday. I will call you tonight."),
    ],
)
def test_honest_answers_and_due_refusals_are_accepted(prompt: str, text: str) -> None:
    assert reasons_of(text, prompt) == ()


def test_text_that_the_engine_finds_unlikely_is_rejected() -> None:
    assert reasons_of(OTTERS, logprobs=(-4.0,) * 50) == ("logprob",)
    assert reasons_of(OTTERS, logprobs=(-0.4,) * 49 + (-9.0,)) == ()


@pytest.mark.parametrize(
    "unit", ["a", "(", " ", "7", "\n", "a ", "$a ", "<a", "\\(", "\\[", "```", "我", "aж", "\n ", "x. y "]
)
@pytest.mark.timeout(5)
def test_hostile_text_is_judged_in_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    assert judge(Written(Brief("Tell me."), text, is_last=False), check_set("strict")) is not None
