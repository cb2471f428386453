"""Responses that just satisfy, just fail or have nothing to do with IFEval's instructions.

`responses_for(instruction, kwargs, prompt, texts, random)` draws one. Some are real texts; some are real texts changed so
that the instruction is barely met or barely missed; some of those then have characters put in on which programs differ.
"""

import json
import string

RELATIONS = {"less than": (-2, -1, 0, 1), "at least": (-1, 0, 0, 1)}
ODD = (
    "\u0130", "\u0131", "\u017f", "\u212a", "\xdf", "\u03a3\u03c3\u03c2", "\u01c5", "\xaa", "\u2170", "\xb2", "\u0661\u0662",
    "\xa0", "\ufeff", "\x85", "\u2028", "\u2029", "\x1c", "\u200b", "\u3000", "\r", "\r\n", "\t", "\v", "e\u0301", "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\u4f60\u597d\u3002", "\uff11\uff12", "\U0001f600", "\U0001d400", "\u201cQuoted.\u201d ", "\u2014", "\u2013", "...", ". . .",
    " Dr. Smith", " J. S. Bach", " U.S. exports", " e.g. that", " No. 5", " 3.14", " 7. The", "?!", "!!", ".)", ".\u2019 ", ".\" Then", "--",
    "*", "**", "***", "******", "* a", "- b", "\n", "\n\n", "[x]", "[a\nb]", "<<t>>", "<<>>", "P.S. x", "p.p.s y", "P. P. S", "Section 1", "SECTION\u0663",
    ",", "\uff0c", "\"", "''", "``", "cannot", "gonna", "I'M", "DON'T", "O'NEIL", "ROCK'N'ROLL", "A.B.", "U.S.A.", "X-RAY", "AT&T", "A/B", "OK.", "NASA's",
    "{}", "null", "NaN", "-Infinity", "[1, NaN]", "{\"a\": 1,}", "```", "```json\n", "My answer is yes.",
)
CAPITALS = ("NASA", "WOW", "OK.", "U.S.", "AT&T", "IT'S", "A-B", "(YES)", "\"NO\"", "B2B", "\xc9T\xc9", "I", "'TWAS", "CANNOT")


def words(text, count, random):
    found = text.split() or ["word"]
    start = random.randrange(len(found))
    return [found[(start + i) % len(found)] for i in range(max(0, count))]


def near(number, relation, random):
    return max(0, number + random.choice(RELATIONS[relation]))


def insert(text, piece, random):
    at = random.randrange(len(text) + 1)
    return text[:at] + piece + text[at:]


def number_words(kwargs, text, prompt, random):
    return " ".join(words(text, near(kwargs["num_words"], kwargs["relation"], random), random))


def number_sentences(kwargs, text, prompt, random):
    count = near(kwargs["num_sentences"], kwargs["relation"], random)
    end = lambda: random.choice([". ", "! ", "? ", ".\n", "...", ".\" ", ".) ", ".", "?! ", " e.g. so. ", " Mr. X. ", " 5. ", ".\u201d "])
    return "".join(" ".join(words(text, random.randint(1, 6), random)).rstrip(".") + end() for _ in range(count))


def lines_of(mark, key, spread=(-1, 0, 0, 1)):
    def make(kwargs, text, prompt, random):
        count = max(0, kwargs[key] + random.choice(spread))
        return "\n".join(f"{mark(random)}{' '.join(words(text, random.randint(0, 5), random))}" for _ in range(count))

    return make


def highlights(kwargs, text, prompt, random):
    count = max(0, kwargs["num_highlights"] + random.choice((-1, 0, 0, 1)))
    mark = random.choice(["*{}*", "**{}**", "* {} *", "**{}*", "***{}***"])
    return "\n".join(mark.format(" ".join(words(text, random.randint(0, 3), random))) for _ in range(count)) + "\n" + text


def sections(kwargs, text, prompt, random):
    name = random.choice([kwargs["section_spliter"], kwargs["section_spliter"].swapcase()])
    count = max(0, kwargs["num_sections"] + random.choice((-1, 0, 0, 1)))
    form = random.choice(["{} {}\n", "{}{}:\n", "{}  {}\n", "**{} {}**\n"])
    return "\n".join(form.format(name, i + 1) + " ".join(words(text, 6, random)) for i in range(count))


def paragraphs(kwargs, text, prompt, random):
    count = max(0, kwargs["num_paragraphs"] + random.choice((-1, 0, 0, 1)))
    divider = random.choice(["***", "\n***\n", "\n\n***\n\n", " *** ", "****"])
    made = divider.join(" ".join(words(text, random.randint(1, 6), random)) for _ in range(count))
    return random.choice(["", divider]) + made + random.choice(["", divider, "\n"])


def first_word(kwargs, text, prompt, random):
    count = max(1, kwargs["num_paragraphs"] + random.choice((-1, 0, 0, 0, 1)))
    parts = [" ".join(words(text, random.randint(1, 6), random)) for _ in range(count)]
    at = min(count - 1, kwargs["nth_paragraph"] - 1)
    word = random.choice([str, str.upper, str.capitalize])(kwargs["first_word"])
    parts[at] = random.choice(["", "'", '"', "\"'", " ", "*"]) + word + random.choice([" ", ", ", "'s ", "! ", "; "]) + parts[at]
    return random.choice(["\n\n", "\n\n", "\n\n\n\n", "\n\n \n\n"]).join(parts)


def keywords(key):
    def make(kwargs, text, prompt, random):
        listed = kwargs[key] if isinstance(kwargs[key], list) else [kwargs[key]]
        times = near(kwargs["frequency"], kwargs["relation"], random) if "frequency" in kwargs else 1
        for word in listed:
            if times == 1 and random.random() < 0.15:
                continue
            for _ in range(times):
                form = random.choice([str, str, str.upper, str.capitalize, lambda w: w.replace("i", "\u0130").replace("s", "\u017f")])
                glue = random.choice([" ", " ", "_", "", "-", "\u0301", "."])
                text = insert(text, f" {form(word)}{glue}", random)
        return text

    return make


def letters(kwargs, text, prompt, random):
    count = near(kwargs["let_frequency"], kwargs["let_relation"], random)
    plain = "".join(c for c in text if c.lower() != kwargs["letter"].lower())[:300]
    for _ in range(count):
        plain = insert(plain, random.choice([kwargs["letter"].upper(), kwargs["letter"].lower()]), random)
    return plain


def capitals(kwargs, text, prompt, random):
    count = near(kwargs["capital_frequency"], kwargs["capital_relation"], random)
    text = text.lower()
    for _ in range(count):
        text = insert(text, f" {random.choice(CAPITALS)} ", random)
    return text


def as_json(kwargs, text, prompt, random):
    value = random.choice([text, {"answer": text, "n": [1, 2.5e3, None]}, [text, {}], float("nan"), [float("inf"), {"a": -float("inf")}], 12])
    made = json.dumps(value, ensure_ascii=random.random() < 0.5, indent=random.choice([None, 2]))
    return random.choice(["{}", "```json\n{}\n```", "```JSON\n{}```", "```Json {} ```", "```\n{}\n```", "{} extra", "```{}", "'{}'", " {}\n"]).replace("{}", made, 1)


def case(change):
    return lambda kwargs, text, prompt, random: change(text) if random.random() < 0.7 else change(text) + random.choice("aA\xdf\u01c5\xaa1")


def two(kwargs, text, prompt, random):
    first, second = " ".join(words(text, 8, random)), " ".join(words(text, random.choice((0, 8)), random))
    return random.choice(["", "******"]) + random.choice(["******", "\n******\n", "*****", "*******"]).join(random.choice([(first, second), (first, first), (first, second, first), (first, " ", second)]))


def ending(kwargs, text, prompt, random):
    phrase = random.choice([str, str, str.upper, lambda p: p[:-1]])(kwargs["end_phrase"])
    return text + random.choice([" ", "\n", ""]) + phrase + random.choice(["", "", '"', " ", "\n", ".", "*", '" '])


def repeat(kwargs, text, prompt, random):
    said = random.choice([str, str, str.upper, lambda p: p + "x", lambda p: p[:-1]])(kwargs["prompt_to_repeat"])
    return random.choice(["", "", " ", "\n", '"', "Sure!\n", "**"]) + said + random.choice(["\n", " ", ""]) + text


def choose(*forms):
    return lambda kwargs, text, prompt, random: random.choice(forms).replace("{}", text)


MAKERS = {
    "keywords:existence": keywords("keywords"),
    "keywords:frequency": keywords("keyword"),
    "keywords:forbidden_words": keywords("forbidden_words"),
    "keywords:letter_frequency": letters,
    "language:response_language": choose("{}", "{}", "{}", "123 ... ", "\u2026{}"),
    "length_constraints:number_sentences": number_sentences,
    "length_constraints:number_paragraphs": paragraphs,
    "length_constraints:number_words": number_words,
    "length_constraints:nth_paragraph_first_word": first_word,
    "detectable_content:number_placeholders": lines_of(lambda random: random.choice(["[name] ", "[] ", "[a [b] ", "[x\ny] ", "[date]: "]), "num_placeholders"),
    "detectable_content:postscript": choose("{}\nP.S. bye", "{} P.P.S bye", "{}\n\nP. P. S. x", "{}\np.s.", "{} P.S", "{}PPS", "{} p .s. x", "{} P.\xa0S. x"),
    "detectable_format:number_bullet_lists": lines_of(lambda random: random.choice(["* ", "* ", "- ", "  * ", "**", "*", "--- ", "+ ", "\n* ", "\t-"]), "num_bullets"),
    "detectable_format:constrained_response": choose("My answer is yes.", "{} My answer is no. {}", "My answer is maybe", "my answer is yes.", " My answer is maybe.\n"),
    "detectable_format:number_highlighted_sections": highlights,
    "detectable_format:multiple_sections": sections,
    "detectable_format:json_format": as_json,
    "detectable_format:title": choose("<<Title>>\n{}", "{} << >>", "<<{}>>", "<<a\n>> {}", "<<<>>>{}", "<title>{}", "{}\n<<x>> and <<y>>", "<< > >>{}"),
    "combination:two_responses": two,
    "combination:repeat_prompt": repeat,
    "startend:end_checker": ending,
    "startend:quotation": choose('"{}"', ' "{}"\n', '"{}', '{}"', "\u201c{}\u201d", '"', '""', "'{}'", '\xa0"{}"\ufeff'),
    "change_case:capital_word_frequency": capitals,
    "change_case:english_capital": case(str.upper),
    "change_case:english_lowercase": case(str.lower),
    "punctuation:no_comma": lambda kwargs, text, prompt, random: text.replace(",", random.choice(["", "", "\uff0c", "\u060c"])),
}


def responses_for(instruction, kwargs, prompt, texts, random):
    text = random.choice(texts)
    kind = random.random()
    if kind < 0.02:
        return random.choice(["", " ", "\n\n", "\x1c", "\ufeff", string.punctuation])
    made = text if kind < 0.3 else MAKERS[instruction](kwargs, text, prompt, random)
    if random.random() < 0.25:
        made = random.choice(["Sure! Here it is:\n", "**Answer**\n"]) + made + random.choice(["", "\nHope this helps, friend."])
    for _ in range(random.choice((0, 0, 1, 3))):
        made = insert(made, random.choice(ODD), random)
    return made
