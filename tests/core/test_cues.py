"""What counts as evidence in a text, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.cues import CUES, TOOL_CUES, TRAITS
from router.core.lexicon import GROUPS
from router.core.passage import excerpt, read_ask

OPTIONS = "\nA. one\nB. two\nC. three"
FIGURES = "12.5 and 30.25"

SIGHTINGS = {
    "answer.length": ("Tell me about Oslo in two paragraphs.", "Tell me about Oslo."),
    "answer.one_word": ("Name the colour of the sky in a single word.", "A word with you about the colour of the sky."),
    "answer.yes_no": ("Is Oslo in Norway, yes or no?", "Yes, and then she told me that there was no milk."),
    "answer.terse": ("Answer with only the letter.", "The answer took them years to find out."),
    "answer.essay": ("Write a detailed report on bees.", "She read a report on bees."),
    "answer.list": ("Give me ideas for a picnic.", "Give me a plan for a picnic."),
    "answer.explanation": ("Explain how bees fly.", "Bees fly."),
    "medical.dosage": ("How many mg of ibuprofen are in these?", "How many pages are in this book?"),
    "medical.medicine_for_vulnerable": (
        "Is aspirin fine when pregnant?",
        "My pregnant sister opened a chemist's. They sell shoes, hats, belts, coats, socks, bags, gloves and aspirin.",
    ),
    "medical.taking": ("Can you take warfarin with wine?", "A history of the drug trade."),
    "medical.condition_care": ("What causes asthma?", "Leukemia awareness month starts in September."),
    "medical.symptom_decision": ("I have chest pain, should I go to bed?", "The rash decision cost them the match."),
    "medical.dose_quantity": ("A dose of 20 mg every day.", "A dose of good luck every day."),
    "medical.dose_asked": ("What is the dosage of this syrup?", "A healthy dose of doubt."),
    "medical.side_effects": ("Which side effects does it have?", "Which sound effects does the film have?"),
    "medical.therapy_asked": ("What are the treatments for it?", "Spa treatments in Bath."),
    "medical.weighed_patient": ("The child is 20 kg.", "The suitcase is 20 kg."),
    "medical.clinical_setting": ("Ask a nurse.", "Ask a baker."),
    "medical.condition": ("He had pneumonia.", "He had lunch."),
    "medical.medicine": ("A box of antibiotics.", "A box of biscuits."),
    "medical.dosing": ("One dose left.", "One seat left."),
    "medical.symptom": ("There was a cough.", "There was a laugh."),
    "legal.clause": ("Does this lease waive the deposit?", "The violinist signed autographs."),
    "legal.own_case": ("Can my landlord raise the rent?", "The laws of motion are three."),
    "legal.litigation": ("The defendant says that the claim is late.", "The defendant wore a blue hat."),
    "legal.law": ("A lawsuit began.", "A concert began."),
    "legal.document": ("The covenant is old.", "The castle is old."),
    "money.movement": ("Send 300 dollars to Ann.", "Send the holiday pictures to Ann."),
    "money.account_trouble": ("My card was stolen.", "A card trick for beginners."),
    "money.advice": ("Should I sell my shares?", "The loan word came from French."),
    "money.top_up": ("The top up is not there.", "The top shelf is not there."),
    "money.own_payment": ("Where is my refund?", "The payment terms of the year 1900."),
    "money.banking": ("The bank is closed.", "The shop is closed."),
    "money.sum": ("It costs $40.", "It costs nothing."),
    "safety.suicide": ("My friend is suicidal.", "Suicide Squad came out in August."),
    "safety.self_harm": ("I want to kill myself.", "How do I kill a process?"),
    "safety.child_in_danger": ("The toddler swallowed a coin.", "The toddler drew a coin."),
    "safety.gas_leak": ("I smell gas in the hall.", "The gas bill came today."),
    "safety.chemical_mixing": ("Can I mix bleach with soap?", "Bleach is a Japanese comic."),
    "safety.electrical_work": ("How do I replace a wall socket?", "The wiring of the brain is a metaphor."),
    "safety.machinery": ("Disable the brakes of the lift.", "The brakes of the lift are new."),
    "safety.ending_a_life": (
        "I want to end my life.",
        "What is the meaning of life, and what is for dinner in the end?",
    ),
    "security.credential": ("Reset the password of Bob.", "The key to a good soup is patience."),
    "security.access": ("Grant Bob the admin role.", "The role of honey bees in farming."),
    "security.attack": ("Our server was hacked.", "A vulnerable narrator tells of a long winter."),
    "destruction.rm_rf": ("Run rm -rf on it.", "Run cp -r on it."),
    "destruction.delete": ("Drop the users table.", "Drop the kids at school, then set the table."),
    "destruction.force_push": ("Do a git push --force.", "Push the door, and mind the gap."),
    "destruction.production": ("Deploy this to production tonight.", "The film went into production in May."),
    "creative.fiction": ("Write a story about a ship.", "The story of my day was long."),
    "creative.joke": ("Tell me a joke.", "This is no joke."),
    "language.definition": ("What does the word mean?", "She was mean to him."),
    "teaching.lesson": ("It is for a worksheet.", "It is for a customer."),
    "greeting.only": ("Hello there!", "Hello there, I have a question on the opening hours of your shop."),
    "agreeing.only": ("Yes, go ahead.", "Yes, I went to the market, and later on to see my aunt."),
    "leaning.back": ("And for her?", "I gave her a lamp, a chair, a table and a mirror."),
    "code.write": ("Write a function that adds.", "The function of the heart is to pump."),
    "code.in_language": ("Create it in Rust.", "Rust on the old gate."),
    "code.fenced": ("Look:\n```\nx\n```", "Look: `x`"),
    "code.token": ("kwargs is empty", "the box is empty"),
    "code.trace": ("Traceback (most recent call last)", "Tracing paper"),
    "code.debug": ("My parser crashes.", "The market crashes."),
    "maths.latex": ("\\frac{a}{b}", "a over b"),
    "maths.equation": ("Solve x^2 = 4", "x marks the spot"),
    "maths.competition": ("Find the remainder.", "The remainder stayed at home."),
    "maths.proof": ("Prove that it holds.", "Show me where it is."),
    "maths.arithmetic": ("12 plus 30", "plus size"),
    "maths.topic": ("A polynomial.", "A policeman."),
    "maths.word_problem": (f"What is the total price of {FIGURES}?", "What is the total price?"),
    "science.quantities": (f"The pressure is {FIGURES}.", "The pressure is on."),
    "science.calculation": ("Calculate the torque.", "Feel the heat."),
    "logic.puzzle": ("Each of them is a knight or a liar. The liars lie.", "She lied."),
    "logic.arrangement": ("Deduce who sits to the left of Ann.", "Turn left."),
    "logic.seating": ("Ben sits to the right of Ann.", "Sit down, please."),
    "logic.entailment": ("Does it follow that he is late?", "Follow me on my walk."),
    "logic.optimum": ("What is the least number of moves?", "At least we tried."),
    "facts.lookup": ("Who founded Oslo?", "Founded on sand."),
    "facts.dated": ("Who ruled in 1846?", "Room 1846."),
    "facts.multi_hop": ("The spouse of the inventor of it.", "The spouse was late."),
    "facts.long_form": ("Write a biography of Ada.", "A biography of Ada."),
    "agent.plan": ("Plan a trip, step by step: first the steps.", "The plan failed."),
    "instructions.constrained": (
        "It must rhyme, never use the letter e, have exactly six lines, and each must start with b.",
        "It must rhyme.",
    ),
    "reasoning.analysis": ("Assess both.", "Take both."),
    "exam.options": (f"Which one?{OPTIONS}", "Which one?\nThe red one."),
    "exam.statements": (f"Which statements hold?{OPTIONS}", "Which statements hold?"),
    "exam.moral": (f"Which is morally wrong?{OPTIONS}", "Which is morally wrong?"),
    "text.lengthy": ("word " * 130, "word " * 30),
    "text.rewrite": ("Rephrase this.", "Repeat this."),
    "text.summary": ("Summarise this.", "Send this."),
    "text.translation": ("Translate this.", "Transport this."),
    "text.classification": ("Classify this.", "Buy this."),
    "text.extraction": ("Extract the names.", "A vanilla extract."),
}
"""For each cue a text that has it, and one that looks like it and has not."""


def names_in(text: str) -> set[str]:
    return {cue.name for cue in read_ask(text).cues}


def test_every_cue_has_its_sightings() -> None:
    assert set(SIGHTINGS) == {cue.name for cue in CUES}


def test_every_group_of_a_cue_is_known_and_every_group_is_used() -> None:
    asked_for = {group for cue in CUES + TOOL_CUES for group in cue.groups}
    assert asked_for | {"limit"} == {*GROUPS, *TRAITS}


@pytest.mark.parametrize("name", SIGHTINGS)
def test_a_cue_is_found_where_it_is_meant(name: str) -> None:
    assert name in names_in(SIGHTINGS[name][0])


@pytest.mark.parametrize("name", SIGHTINGS)
def test_a_cue_is_not_found_in_what_only_looks_like_it(name: str) -> None:
    assert name not in names_in(SIGHTINGS[name][1])


def test_cues_come_in_the_order_of_their_table_whatever_the_order_of_the_words() -> None:
    order = [cue.name for cue in CUES]
    found = [cue.name for cue in read_ask("Solve it: the matrix of my bank, the loan, a nurse and the lawsuit").cues]
    assert found == sorted(found, key=order.index)


@pytest.mark.parametrize(
    "ask", ["“Drop the users table”", "Drop…the—users\u00a0table", "DROP TABLE `users`;", "Drop-the_users.table"]
)
def test_typography_and_punctuation_hide_nothing(ask: str) -> None:
    assert "destruction.delete" in names_in(ask)


def test_a_decisive_cue_settles_its_subject() -> None:
    assert names_in("Take 500 mg of aspirin.") == {"medical.dosage"}


def test_a_repeated_word_is_tried_more_than_once() -> None:
    assert "destruction.delete" in names_in("Delete the sentence that you wrote. Then delete the users table.")


@given(st.text(max_size=50), st.integers(0, 20), st.integers(0, 20))
def test_an_excerpt_keeps_both_ends(text: str, head: int, tail: int) -> None:
    kept = excerpt(text, head, tail)
    assert len(kept) <= head + tail + 1
    assert kept.startswith(text[:head])
    assert kept.endswith(text[len(text) - tail :] if len(text) > head + tail else text)
