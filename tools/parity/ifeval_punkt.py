"""The parameters of NLTK's English sentence splitter that its decisions depend on, as TypeScript.

    python tools/parity/ifeval_punkt.py nltk_data/tokenizers/punkt_tab/english

Writes packages/evals/src/benchmarks/ifeval/punkt/english.ts. The parameters are those of the package `punkt_tab` of nltk_data,
by Jan Strunk (MIT). Of the 20,366 words with an orthographic context only those matter that were seen in lower case: the rule
asks whether a word was (a) seen in lower case and never in upper case inside a sentence, (b) seen in lower case at all,
(c) seen in lower case at the start of a sentence and never in upper case. Others act as unseen words.
"""

import sys
from pathlib import Path

OUT = Path(__file__).parents[2] / "packages/evals/src/benchmarks/ifeval/punkt/english.ts"
MIDDLE_UPPER, UPPER = 1 << 2, 1 << 1 | 1 << 2 | 1 << 3
FIRST_LOWER, LOWER = 1 << 4, 1 << 4 | 1 << 5 | 1 << 6

folder = Path(sys.argv[1])
lines = lambda name: [line for line in (folder / name).read_text().split("\n") if line.strip()]
contexts = {word: int(flags) for word, flags in (line.split("\t") for line in lines("ortho_context.tab"))}
assert not any(" " in word for word in contexts)
select = lambda test: " ".join(sorted(word for word, flags in contexts.items() if flags & LOWER and test(flags)))
quote = lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
parts = {
    "abbreviations": ("Words that end with a period inside sentences; one has spaces, so a bar stands between.", "|".join(sorted(lines("abbrev_types.txt")))),
    "sentenceStarters": ("Words that often start a sentence.", " ".join(sorted(lines("sent_starters.txt")))),
    "collocations": ("A word with a period and the word that follows it inside sentences.", "|".join(sorted(line.replace("\t", " ") for line in lines("collocations.tab")))),
    "lowerCaseWords": ("Words seen in lower case, and never in upper case inside a sentence.", select(lambda flags: not flags & MIDDLE_UPPER)),
    "bothCaseWords": ("Words seen in lower case, and in upper case inside a sentence.", select(lambda flags: flags & MIDDLE_UPPER)),
    "lowerCaseStarters": ("Words seen in lower case at the start of a sentence, and never in upper case.", select(lambda flags: flags & FIRST_LOWER and not flags & UPPER)),
}
# The exclamation mark keeps the notice in what is published.
head = """/*! The Punkt model for English by Jan Strunk, from punkt_tab of nltk_data (https://www.nltk.org/nltk_data), MIT licence. */
// Made by tools/parity/ifeval_punkt.py.
"""
OUT.write_text(head + "".join(f"\n/** {doc} */\nexport const {name} =\n  {quote(text)}\n" for name, (doc, text) in parts.items()))
print(OUT.stat().st_size)
