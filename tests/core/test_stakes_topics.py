"""What the words of a text say about its topic, and how heads add to them and take from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.learned import LearnedScores
from router.core.scoring import HIGH_FROM, weigh_stakes
from router.core.stakes.domains import likeliest_case, weigh_head
from router.core.stakes.folding import fold
from router.core.stakes.rule import DECISIVE_FROM, MENTIONED, Finding
from router.core.stakes.topics import PAIR, PAIR_WORDS, TOPIC_NAMES, TOPICS, both_numbers, pairs_of, points_needed
from router.core.stakes_rules import pairs_in, stakes_findings
from tests.core.test_scoring import prompt_of

PROSE = "The merchants of the town settled near the river, and over the years they grew the finest apples. "
PATIENT = "The patient has diabetes and hypertension, and takes metformin. "


def weight_of(text: str, domain: str) -> float:
    found = {finding.name: finding.weight for finding in stakes_findings([text], ())}
    return found.get(f"{domain}.topic", 0.0)


def heads_say(**stakes: float) -> tuple[LearnedScores, ...]:
    return (LearnedScores(0.5, {"medical": 0.0, "legal": 0.0, "financial": 0.0} | stakes, "", False),)


@pytest.mark.parametrize(
    ("ask", "domain"),
    [
        ("What are the side effects of lisinopril?", "medical"),
        ("What does a high white blood cell count mean?", "medical"),
        ("My toddler has a fever and keeps vomiting.", "medical"),
        ("Is spondylolisthesis with osteophytosis a reason for an operation?", "medical"),
        ("Is a verbal contract binding?", "legal"),
        ("Can the tenant sue for the deposit?", "legal"),
        ("Is my pension taxable income?", "financial"),
        ("How do I dispute a payment on my credit card?", "financial"),
        ("Is it dangerous to mix bleach and vinegar?", "safety"),
        ("Our laptops were encrypted by ransomware.", "security"),
        ("What does the A1C of my aunt say?", "medical"),
        ("Can I take Zyrtec while nursing?", "medical"),
        ("How long after wisdom teeth may he chew?", "medical"),
        ("A man of 54 presents with crushing pressure behind the sternum.", "medical"),
        ("How long is the notice period of a shorthold?", "legal"),
        ("Where do I bring a small claim against a builder?", "legal"),
        ("May they search a car at a traffic stop?", "legal"),
        ("Who owes the stamp duty?", "financial"),
        ("What was the diluted EPS in the third quarter?", "financial"),
        ("Where on the balance sheet does goodwill stand?", "financial"),
        ("How far back does HMRC look at a self assessment?", "financial"),
        ("Which glove is right for hydrofluoric acid?", "safety"),
        ("What puts out a grease fire?", "safety"),
        ("My extension cord gets warm.", "safety"),
        ("My left hip hurts when I climb stairs.", "medical"),
        ("Is the barking cough of a toddler croup?", "medical"),
        ("Which nerve supplies the lateral rectus?", "medical"),
        ("What does the foramen ovale transmit?", "medical"),
        ("Do crafts go on a Schedule C?", "financial"),
        ("Is an iron condor safer than a naked put?", "financial"),
        ("Which mileage may I write off as an S corp?", "financial"),
        ("May the HOA fine us for a fence?", "legal"),
        ("How do I take a builder to small claims?", "legal"),
        ("Where is my court date set?", "legal"),
        ("My boss says I pay for broken plates.", "legal"),
        ("A cop pulled me over for nothing.", "legal"),
        ("When is a stop-limit order filled?", "financial"),
        ("May I charge VAT to a foreign client?", "financial"),
        ("What is on a radiation badge?", "safety"),
        ("Who may pour a cryogenic liquid?", "safety"),
        ("Telmisartan and potassium together?", "medical"),
    ],
)
def test_a_short_ask_with_words_of_a_trade_is_one_of_its_topic(ask: str, domain: str) -> None:
    assert weight_of(ask, domain) >= DECISIVE_FROM


@pytest.mark.parametrize(
    "ask",
    [
        "Explain the heart of the matter in one line.",
        "How much stock goes into the soup?",
        "What is the best court of tennis in town?",
        "Write a story about a surgeon who transplants a kidney.",
        "Which song is about a lawyer and a bankruptcy?",
        "Where does the river leave its bank?",
        "He has too much patience for his own good.",
        "Is nostalgia a part of philosophy?",
        "Give me a recipe for chicken stock.",
        "Which playing cards make a full house?",
        "Who got the writing credit?",
        "Be patient with the dough.",
        "Which tennis court is the best for beginners?",
        "What do the laws of motion say?",
        "Where does the rental car park?",
        "What is the border radius of a button?",
        "Which option menu holds the fonts?",
        "Who is the boss of the band?",
        "Which laser printer is the quietest?",
        "Is the corner store over the bridge?",
    ],
)
def test_what_only_looks_like_a_topic_is_none(ask: str) -> None:
    assert all(weight_of(ask, topic.domain) < DECISIVE_FROM for topic in TOPICS)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_longer_text_needs_no_fewer_points(one: int, other: int) -> None:
    assert points_needed(min(one, other)) <= points_needed(max(one, other))


def test_a_few_words_of_a_trade_drown_in_long_prose() -> None:
    weights = [weight_of(PROSE * times + PATIENT, "medical") for times in (0, 4, 40)]

    assert weights[0] > weights[1] > weights[2]
    assert weights[2] < DECISIVE_FROM


def test_saying_a_word_again_adds_nothing() -> None:
    assert weight_of("Is it flu? " * 4, "medical") <= weight_of("Is it flu?", "medical")


def test_faint_words_alone_are_no_topic() -> None:
    assert weight_of("The company agreed to sell what it owns on the market for a high price.", "financial") == 0.0


def test_a_pair_counts_where_its_words_follow_each_other() -> None:
    assert weight_of("Is the stamp duty his?", "financial") > weight_of("Is the duty a stamp of his?", "financial")


def test_a_pair_is_looked_for_near_both_ends_of_a_text() -> None:
    padding = "apples " * 3 * PAIR_WORDS
    for text in (f"stamp duty {padding}", f"{padding} stamp duty"):
        words = fold(text).split()
        assert pairs_in(words, set(words)) == [b"stamp_duty"]


def test_a_harmless_pair_takes_away_what_its_words_are_worth_and_no_more() -> None:
    assert weight_of("Is the library card a loan?", "financial") == weight_of("Is the library a loan?", "financial")


def test_a_text_to_be_worked_on_needs_more_than_a_case_of_ones_own() -> None:
    text = PROSE + PATIENT
    assert weight_of(f"Summarize the article: {text}", "medical") < weight_of(f"Advise me on this: {text}", "medical")


def test_a_situation_told_in_a_text_to_be_worked_on_is_evidence_and_no_more() -> None:
    told = PROSE + "My landlord wants to evict me. "
    weights = [
        {finding.name: finding.weight for finding in stakes_findings([told + ask], ())}["legal.own_case"]
        for ask in ("What does the passage say?", "What can be done about it?")
    ]

    assert weights[0] == MENTIONED < DECISIVE_FROM <= weights[1]


def test_the_weightiest_of_several_turns_counts() -> None:
    turns = ["How is the pain?", "How is the pain of an angina, a migraine or a kidney stone?"]
    assert stakes_findings(turns, ()) == stakes_findings(turns[::-1], ())


def test_any_part_of_the_body_may_be_in_any_trouble() -> None:
    assert pairs_of("hip my", "aches") == {b"hip_aches", b"my_aches"}


def test_plurals_follow_spelling() -> None:
    assert both_numbers("pill allergy virus day mg") == frozenset(
        b"pill pills allergy allergies virus viruses day days mg".split()
    )


def test_every_word_of_a_topic_is_written_as_texts_are_read() -> None:
    for topic in TOPICS:
        for word in topic.strong | topic.plain | topic.faint | topic.harmless:
            assert fold(word.decode()).split() == word.split(PAIR)


def test_topics_are_named_for_their_domains() -> None:
    assert {f"{topic.domain}.topic" for topic in TOPICS} == TOPIC_NAMES


def test_a_little_evidence_is_high_where_the_head_agrees_and_not_without() -> None:
    ask = prompt_of("Is the account of the town a fair one?")

    assert weigh_stakes(ask).score.band != "high"
    assert weigh_stakes(ask, heads_say(financial=0.95)).score.band == "high"
    assert weigh_stakes(ask, heads_say(financial=0.95)).domain == "financial"


def test_a_head_that_disagrees_lowers_a_topic_and_leaves_a_deed_alone() -> None:
    topic, deed = prompt_of("Is the account of the bank a fair one?"), prompt_of("Delete all records of last year.")

    assert weigh_stakes(topic, heads_say()).score.score < weigh_stakes(topic).score.score
    assert weigh_stakes(deed, heads_say()) == weigh_stakes(deed)


def test_a_head_that_is_hardly_sure_decides_nothing_alone() -> None:
    ask = prompt_of("Where do the apples grow?")

    assert weigh_stakes(ask, heads_say(legal=0.6)).score.band == "low"
    assert weigh_stakes(ask, heads_say(legal=0.999)).score.band == "high"


def test_evidence_of_one_domain_is_not_added_to_that_of_another() -> None:
    told = [Finding("medical.topic", "medical", 2.0), Finding("legal.topic", "legal", 1.9)]
    case = likeliest_case(told, ())

    assert (case.domain, case.weights) == ("medical", {"medical.topic": 2.0})


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_surer_head_never_counts_less(one: float, other: float) -> None:
    assert weigh_head(min(one, other)) <= weigh_head(max(one, other))


@given(
    st.lists(st.sampled_from(PATIENT.split() + PROSE.split() + ["summarize", "contract"]), max_size=60).map(" ".join)
)
def test_a_surer_head_never_lowers_the_stakes(text: str) -> None:
    ask = prompt_of(text)
    scores = [weigh_stakes(ask, heads_say(legal=share)).score.score for share in (0.0, 0.3, 0.7, 1.0)]

    assert scores == sorted(scores)
    assert 0.0 < scores[0] <= scores[-1] < 1.0
    assert (weigh_stakes(ask).score.band == "high") == (weigh_stakes(ask).score.score >= HIGH_FROM)
