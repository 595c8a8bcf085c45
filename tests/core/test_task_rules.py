"""Which task the words of a request name, and where they name none."""

import time
from collections.abc import Mapping, Sequence

import pytest

from router.core.task_rules import find_task_rule
from router.core.task_words import RULES_ON_CODE, RULES_ON_TEXT

KNOWN = {
    "rewrite": [
        "Please smooth out this sentence: Because it rained so we did not went.",
        "rewrite my linkedin summary to sound more confident: I do sales.",
        "This is too long. Cut it down to a tweet: Our new store opens its doors on Friday at nine.",
        "Can you make this clearer? The thing with the thing is broken.",
        "Restate the following in your own words: energy is conserved.",
        "Put this in plain English: The lessee shall indemnify the lessor.",
        "My boss will read this, so tidy up the wording: the numbers is late cause of IT.",
        "Could u rephrase pls: I can't make it tonight",
        "Turn this into a more formal email: hey guys, meeting moved to 4",
        "Reduce the following abstract to 100 words without losing meaning: We studied bees.",
        'I wrote "Me and him went". Is there a better way to phrase it? Rewrite it.',
        "Rewrite the opening paragraph of my novel so that it is more suspenseful. It was dark.",
        "Rewrite this paragraph so it sounds more professional: we messed up the shipment and its our fault.",
        "Could you please rephrase the following sentence? The meeting was gone to by nobody.",
        "make this email sound friendlier: Send me the file by noon.",
        "Proofread my cover letter below and correct any mistakes.",
        "Here is my bio. I work at a bakery and I like dogs. Shorten it to one sentence.",
        "Paraphrase:   The committee deferred its decision until the spring session.",
        "hey, fix the grammar in this: he don't know where are the keys",
        "Change the tone of this message to something less formal. We regret to inform you of the delay.",
    ],
    "translation": [
        'Translate: "Where are you from?" - Arabic',
        "I need this translated into Hindi: Please wait here.",
        "in french please: I would like two coffees",
        'what does "gemütlich" mean in English?',
        "Provide a Chinese translation for the sentence below. The sky is clear.",
        "Give me the Swedish version: Welcome home.",
        'What would be the Spanish for "fire extinguisher"?',
        "Could you give me a German version of this sentence: I am looking for the station.",
        "Please translate: Wo ist der Bahnhof?",
        "Translate the user manual below to simplified Chinese.",
        'I got this message from my Italian neighbor: "Ci vediamo domani". Can you translate it?',
        "Translate the following into French: The train leaves at nine.",
        'how do you say "where is the library" in Japanese?',
        "TRANSLATE TO SPANISH: our shop is closed on Mondays",
        "Can you put this in German for me? See you tomorrow at the station.",
        "Ich komme morgen nicht ins Büro. What does this mean in English?",
        'Please give me the Italian translation of "good luck with the exam".',
        "Il pleut depuis trois jours. Translate it into English please.",
        "What's the Portuguese word for butterfly?",
    ],
    "extraction": [
        "Collect all the phone numbers from the email below. Call 555-0101.",
        "Read the report and output every date as a JSON array. Filed on 3 May, amended 9 June.",
        "get me the names of all companies in this article: Acme sued Globex",
        "Turn this paragraph into a CSV of name and age: Ann is 30, Bo is 41.",
        "Please find the order number in this message. Your order 4471 has shipped.",
        "Extract the skills from this job posting.",
        "Give me a list of all the ingredients mentioned in this recipe: mix eggs and flour.",
        "From this CV, pull the candidate's name, degree and years of experience. Ana, MSc, 4 years.",
        "Tag every location in the sentence: Paris is north of Lyon.",
        "Convert this address into JSON: 12 Elm Road, Leeds LS1",
        "Who are the people named in this story? Tom met Sue.",
        "Scan the contract below and return all termination dates.",
        "Extract all email addresses from the text below.",
        "List every person mentioned in this article. Maria met Tom in Lyon.",
        "Pull out the dates and amounts from this invoice: 3 May, 40 euros; 9 May, 12 euros.",
        "Find all phone numbers in the following: call 555-0100 or 555-0199.",
        "Parse this receipt into JSON with the fields vendor, total and date.",
        "Order 4411 was shipped to Anna Berg on 3 June. Give me the order number and the customer name as JSON.",
        "Which companies are mentioned in this press release? Acme bought Globex.",
        "Could you identify all the named entities in this passage? Ada Lovelace lived in London.",
    ],
    "code_generation": [
        "Please provide a Kotlin data class for a user with name and email.",
        "Generate a cron expression that runs every weekday at 6am.",
        "Write a C program that prints the first 50 primes.",
        "Can you give me a python one liner to flatten a list?",
        "How can I read a JSON file in Python?",
        "Can you code a snake game in Python?",
        "What's the SQL to find duplicate rows in a table?",
        "I'm looking for a bash one-liner that counts files in a folder.",
        "Develop a small command line tool in Go that converts CSV to JSON.",
        "How do I reverse a linked list in C? Show code.",
        'Write me an Excel formula that sums column B when column A is "x".',
        "Write a Python function that checks whether a string is a palindrome.",
        "can you create a bash script to back up a folder every night?",
        "Implement a binary search tree in Java with insert and delete.",
        "I need a regex that matches UK postcodes.",
        "In SQL, write a query that returns the top five customers by revenue.",
        "Build me a React component that shows a countdown.",
        "Give me a Dockerfile for a Flask app",
        "write code for a simple calculator in c++",
    ],
    "code_edit": [
        "Rewrite this function without recursion: def f(n): return 1 if n == 0 else n * f(n - 1)",
        "Simplify: if (a == true) { return true; } else { return false; }",
        'I get "undefined is not a function" when I run this. const a = {}; a.map(x => x);',
        "Insert logging into this method: void run() { go(); }",
        "Could you optimise the following SQL? SELECT * FROM t WHERE a IN (SELECT a FROM u)",
        "Replace the for loop with a map call: for (const x of xs) { ys.push(f(x)); }",
        "This throws a NullPointerException, can you see why? String s = null; s.length();",
        "Make this function faster: def f(n): return sum(range(n))",
        "Please review and clean up this code: function a(){var x=1;return x}",
        "My tests fail after this change, what should I fix? def test_a(): assert f(1) == 2",
        "Add docstrings to all the methods below. class A: def run(self): pass",
        "Translate this Java method to C#: public int f() { return 1; }",
        "Fix the bug in this function: def add(a, b): return a - b",
        "Refactor this class to use dependency injection. class A { B b = new B(); }",
        "def area(r):\n    return 3.14 * r\nAdd type hints to this function.",
        'Why does this code throw a TypeError? print("a" + 1)',
        'Convert this Python script to Go: print("hello")',
        "Complete the following function.\n```python\ndef fib(n):\n```",
        "<|fim_prefix|>def mean(xs):\n    <|fim_suffix|>\n    return total<|fim_middle|>",
        "Optimize this query, it takes forever: SELECT * FROM orders WHERE YEAR(d) = 2020",
    ],
    "chat": [
        "hiya :)",
        "are you a robot?",
        "Happy new year!",
        "I'm feeling a bit down today",
        "thanks, you're the best",
        "Let's talk about something fun.",
        "yo what's up",
        "Can I tell you a secret?",
        "I just got promoted!!",
        "you're funny",
        "Do you ever get tired of answering questions?",
        "ok thanks, bye",
        "hi",
        "Good morning! How are you today?",
        "thanks a lot, that helped",
        "I'm so bored, talk to me",
        "what's your name?",
        "I feel a bit lonely tonight",
        "Do you like jazz?",
        "lol ok see you tomorrow",
    ],
    "generation": [
        "Write me a bedtime story with a brave mouse.",
        "Please draft a LinkedIn post announcing my new job.",
        "Think of five names for my puppy.",
        "Can you create a weekly meal plan for a vegetarian?",
        "Write lyrics for a country song about trucks.",
        "Compose an out-of-office reply.",
        "Tell me a bedtime story about a dragon.",
        "I need help writing a resignation letter.",
        "Help me write a toast for my sister's wedding.",
        "Make up a riddle about the moon.",
        "Can you plan a three-day trip to Lisbon for us?",
        "Give me a catchy name for my bakery.",
        "Write a short story about a lighthouse keeper who is afraid of the dark.",
        "Compose a haiku about autumn rain.",
        "Draft an email to my landlord asking for a new boiler.",
        "Come up with ten names for a coffee shop.",
        "Can you brainstorm some ideas for a team offsite?",
        "I need a birthday poem for my grandmother.",
        "Create a marketing slogan for eco-friendly socks.",
        "Generate a list of interview questions for a nurse.",
    ],
    "tool_use": [
        "Remind me to call mum at six",
        "Are there any free meeting rooms this afternoon?",
        "Please update the ticket status to closed.",
        "Get the latest sales figures",
        "What's on my to-do list?",
        "Transfer 200 euros to Anna",
        "Add milk to my shopping list",
        "Who's on call this week?",
        "Refund order 5521 to the customer",
        "Play some jazz",
        "How much did we spend on ads last month?",
        "Move the 2pm meeting to Thursday",
        "What's the weather in Paris right now?",
        "Book me a table for four at seven tonight.",
        "send an email to Bob saying I'm running late",
        "Check my calendar for Friday.",
        "Delete the staging database.",
        "Look up the order status of 88213",
        "Can you set a timer for ten minutes?",
        "Find flights from Oslo to Rome on 3 May",
    ],
    "": [
        "Why is the sky blue?",
        "Which planet has the most moons?",
        "Compare the French and American revolutions.",
        "If all cats are animals and some animals are black, are some cats black?",
        "What is the sentiment of this tweet: I can't wait!",
        "Give me the gist of this article: the council voted.",
        "What are the main causes of inflation?",
        "How many legs does a spider have?",
        "Condense this article into one sentence: the council voted.",
        "Is this email spam or not? You have won a prize.",
        "A train travels 60 km in 45 minutes. What is its speed?",
        "What's the difference between a list and a tuple in Python?",
        "Summarize the following article in two sentences. The council voted on Monday.",
        "Is the sentiment of this review positive or negative? I loved every minute.",
        "What is the capital of Australia?",
        "If 3x + 5 = 20, what is x?",
        "Which of these is a mammal? A. trout B. bat C. gecko",
        "Explain how a bill becomes law.",
        "What will this function return when called with 3? def f(x): return x * 2",
        "Based on the passage, why did Anna leave the village? Anna left in winter.",
    ],
}
"""Asks that were looked at while the rules were written; of "" no rule is to have an opinion."""

KEPT_APART = {
    "rewrite": [
        "Please reword this so a ten year old can follow it: Photosynthesis converts light into chemical energy.",
        "I want you to improve the wording of my abstract. We did experiments and they were good.",
        "Could you polish this paragraph?\n\nThe results was very significant.",
        "Rewrite in the third person: I walked to the shop and bought bread.",
        "Simplify this text: The aforementioned party shall henceforth desist.",
        "Our app is really really good and you should buy it. Make it more concise.",
        "Edit the following for clarity and flow: Because of the fact that it rained, we stayed.",
        "please correct the spelling mistakes in this sentence: I recieved teh letter.",
    ],
    "translation": [
        "Kindly translate this paragraph to Dutch. The museum opens in April.",
        'What is "thank you very much" in Korean?',
        "Translate from English to Polish: I have lost my passport.",
        "Guten Tag, ich möchte bestellen. Can you translate that?",
        "I'd like you to translate my message into Turkish: I will be late.",
        "how would i say 'i miss you' in swedish",
        "Convert this sentence to Russian: The door is open.",
        "Render the following in Latin: knowledge is power",
    ],
    "extraction": [
        "Please extract the key dates, names and places from this letter: On 3 May Ann left Rome.",
        "Get all the URLs out of this text: see http://a.example and http://b.example",
        "Identify all medications listed in the note below. Patient takes aspirin and insulin.",
        "From the text below, extract the invoice number. Invoice 8841, due Friday.",
        "Return a JSON object with name, age and city for: Bob is 41 and lives in Leeds.",
        "John Smith, 12 Elm Road, called on Tuesday. Extract his address.",
        "What names are mentioned in the following paragraph? Lena met Ivo.",
        "pull the prices from this list - apples 2.50, pears 3.10",
    ],
    "code_generation": [
        "Please write a function in JavaScript which debounces another function.",
        "Generate a Terraform module for an S3 bucket.",
        "Create a REST API endpoint in FastAPI that uploads a file.",
        "Show me how to write a Rust program that reads lines from stdin.",
        "I want a Python script that renames all files in a folder.",
        "Write unit tests for a shopping cart class",
        "Using pandas, write code that merges two csv files.",
        "Make a simple html page with a contact form",
    ],
    "code_edit": [
        "Debug this code for me:\nfor i in range(10) print(i)",
        "Can you rewrite this loop as a list comprehension? for x in xs: ys.append(x*2)",
        "There is an off-by-one error in this method, please fix it. int last(int[] a) { return a[a.length]; }",
        "What's wrong with my function? function f(x) { retrun x; }",
        "Rename the variable tmp to total in this snippet: tmp = a + b",
        "Port this class from Java to Kotlin: class P { int x; }",
        "```js\nconst a = 1\n```\nAdd error handling to this.",
        "Fill in the missing lines: def gcd(a, b):\n    # TODO",
    ],
    "chat": [
        "hello there!",
        "hey, how's it going?",
        "Thank you so much!",
        "who made you?",
        "I had a terrible day at work",
        "tell me about yourself",
        "good night :)",
        "what do you think about people who talk to their plants?",
    ],
    "generation": [
        "Please write me a limerick about a cat who hates Mondays.",
        "Write a cover letter for a junior accountant position.",
        "Suggest five titles for a podcast about gardening.",
        "Could you draft a tweet announcing our summer sale?",
        "Give me some ideas for a birthday party.",
        "write a product description for a bamboo toothbrush",
        "Compose a wedding speech for the best man, about two minutes long.",
        "Create a workout plan for a beginner with three days a week.",
    ],
    "tool_use": [
        "Please cancel my subscription.",
        "how many open tickets do we have?",
        "Search the web for the latest news about the election.",
        "Create a new issue in the repository titled Broken login.",
        "Turn off the kitchen lights",
        "Is my package delivered yet?",
        "What is the current price of AAPL?",
        "Schedule a meeting with Dana for Tuesday at 3pm.",
    ],
    "": [
        "Give me a short summary of this report: sales rose in May.",
        "Classify this ticket as billing, technical or other: my card was charged twice.",
        "Who wrote The Brothers Karamazov?",
        "Prove that the square root of two is irrational.",
        "Where would you find a stapler? A. office B. river C. oven",
        "Who directed the film in which the actor who played Gandalf first appeared?",
        "TL;DR please: the storm closed three airports.",
        "Explain what this code does: print(sum(range(10)))",
    ],
}
"""Asks that the rules are judged by: none was written for them."""

SYSTEM = "You are a helpful assistant. Answer briefly."
LATER = "The council met on Monday. Several members asked for time. It was late, and the vote was put off. " * 12


def task_named(ask: str, system: str, has_tools: bool) -> str:
    """The task that a rule names; empty where none does."""
    rule = find_task_rule(ask, system, has_tools)
    return rule.task if rule else ""


def named(asks: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    return [(task, task_named(ask, SYSTEM, task == "tool_use"), ask) for task, listed in asks.items() for ask in listed]


@pytest.mark.parametrize(("task", "ask"), [(task, ask) for task, asks in KNOWN.items() for ask in asks])
def test_a_request_has_the_task_that_its_words_name(task, ask):
    assert task_named(ask, SYSTEM, has_tools=task == "tool_use") == task


def test_of_requests_kept_apart_95_in_100_have_their_task():
    judged = named(KEPT_APART)
    assert sum(task == found for task, found, _ in judged) >= 0.95 * len(judged), [
        each for each in judged if each[0] != each[1]
    ]


@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        lambda ask: f"Hi there, could you please {ask[0].lower()}{ask[1:]}",
        lambda ask: f"  {ask}  ".replace(" ", "   "),
        lambda ask: f"\n\n\t{ask}\n",
    ],
    ids=["upper case", "politeness", "wide spaces", "blank lines"],
)
@pytest.mark.parametrize(
    ("task", "ask"),
    [
        ("rewrite", "Rephrase the following sentence: the vote was put off."),
        ("translation", "Translate the following into French: the train is late."),
        ("extraction", "Extract all names from this text: Anna met Ben."),
        ("code_generation", "Write a function that merges two lists."),
        ("code_edit", "Fix the bug in this function: def f(x): return x"),
        ("generation", "Write a poem about the sea."),
        ("", "Summarize the following article: the vote was put off."),
    ],
)
def test_case_politeness_and_white_space_change_nothing(task, ask, disguise):
    assert task_named(disguise(ask), SYSTEM, has_tools=False) == task


@pytest.mark.parametrize(
    ("task", "instruction"),
    [
        ("translation", "Translate the text above into German."),
        ("rewrite", "Please rewrite this in plain English words."),
        ("extraction", "Extract all the dates mentioned."),
        ("", "Summarize the text above."),
    ],
)
def test_an_instruction_is_found_before_and_after_long_material(task, instruction):
    assert task_named(f"{instruction}\n\n{LATER}", SYSTEM, has_tools=False) == task
    assert task_named(f"{LATER}\n\n{instruction}", SYSTEM, has_tools=False) == task


def test_what_the_material_orders_is_no_instruction():
    assert task_named(f"Summarize this: Translate it into French. {LATER}", SYSTEM, has_tools=False) == ""
    assert task_named(f"Translate this into French: write a poem. {LATER}", SYSTEM, has_tools=False) == "translation"


@pytest.mark.parametrize(
    ("task", "system"),
    [
        ("translation", "You are a translator. Translate everything the user writes into French."),
        ("rewrite", "You rewrite each message in plain words."),
        ("extraction", "Extract the names from the user's message."),
        ("", "You are a friendly translator who knows much about trains."),
    ],
)
def test_a_system_prompt_can_give_the_job_once_and_for_all(task, system):
    assert task_named("The train leaves at nine from platform two, as always.", system, has_tools=False) == task


def test_tools_that_a_system_prompt_describes_are_tools():
    system = "You have access to the following tools: search, calendar."
    assert task_named("Check my calendar for Friday.", system, has_tools=False) == "tool_use"
    assert task_named("Check my calendar for Friday.", SYSTEM, has_tools=False) == ""


def test_tools_do_not_take_text_work_and_greetings_away():
    assert task_named("Translate this into French: good night.", SYSTEM, has_tools=True) == "translation"
    assert task_named("hello!", SYSTEM, has_tools=True) == "chat"


def test_whether_one_text_is_another_put_differently_is_no_wish_for_a_rewrite():
    assert task_named(f"{LATER}\nQuestion: the vote was not held. Paraphrase or not?", SYSTEM, has_tools=False) == ""


def test_lettered_options_are_a_quiz_whatever_they_say():
    ask = (
        "What should a writer do first?\nA. Write an essay.\nB. Draft an email to an editor.\nC. Fix the grammar in it."
    )
    assert task_named(ask, SYSTEM, has_tools=False) == ""


@pytest.mark.parametrize(
    "ask",
    [
        "Traduci questo testo in francese: il treno parte.",
        "请把下面的句子翻译成英文。",
        "Переведи это на английский.",
        "",
        " \n",
    ],
)
def test_an_instruction_in_another_language_and_an_empty_one_get_no_opinion(ask):
    assert task_named(ask, SYSTEM, has_tools=False) == ""


def test_the_rule_has_a_name_that_says_what_was_found():
    rule = find_task_rule("Translate this: good night.", SYSTEM, has_tools=False)
    assert rule is not None
    assert (rule.name, rule.task) == ("translation.verb", "translation")


def test_rules_have_names_of_their_own():
    names = [rule.name for rule in (*RULES_ON_CODE, *RULES_ON_TEXT)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "piece",
    ["write ", "(((", "A. \nB", "\nA. x", "please ", "what, ", "; ", "SELECT ", "<|fim", "hi ", "hi, you ", "so "],
)
@pytest.mark.parametrize("chars", [150, 279, 560, 300_000])
def test_nothing_a_caller_writes_makes_it_slow(piece, chars):
    ask = (piece * chars)[:chars]
    system = (f"translate the {piece}" * chars)[:chars]
    began = time.perf_counter()
    task_named(ask, system, has_tools=True)
    assert time.perf_counter() - began < 0.05
