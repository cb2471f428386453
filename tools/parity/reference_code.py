"""Running functions of published packages alone, so that nothing else that these packages import has to be installed.

A function or class is cut out of its file and executed in a namespace that holds what it uses; where a trainer computes in
the middle of a long method, the lines themselves are, from one that starts with a given text to another.
"""

import __future__
import ast
import textwrap
import zipfile


def text_in(wheel, path):
    """The text of a file in a wheel; `path` is its path as installed."""
    with zipfile.ZipFile(wheel) as archive:
        (member,) = [name for name in archive.namelist() if name == path or name.endswith(f".data/purelib/{path}")]
        return archive.read(member).decode()


def take(text, names, namespace, replace=()):
    """
    Executes the named functions or classes ("f", "C", "C.method" or "f.inner") of a module's text alone, in a namespace that
    holds what they use, and returns them. Decorators, which register or trace them, are left out, except `dataclass` where
    the namespace has it. `replace` are pairs of texts, each of which must occur.
    """
    for old, new in replace:
        if old not in text:
            raise ValueError(f"not in the reference any more: {old}")
        text = text.replace(old, new)
    tree = ast.parse(text)
    for name in names:
        nodes = tree.body
        for part in name.split("."):
            (node,) = [n for n in nodes if getattr(n, "name", None) == part]
            nodes = getattr(node, "body", [])
        node.decorator_list = [
            d for d in node.decorator_list if getattr(d, "id", "") == "dataclass" and "dataclass" in namespace
        ]
        # Annotations name types of libraries that are not there; so they are not evaluated.
        flags = __future__.annotations.compiler_flag
        exec(compile(ast.Module([node], []), name, "exec", flags=flags), namespace)
    return [namespace[name.split(".")[-1]] for name in names]


def lines_of(text, first, last):
    """The lines from the one that starts with `first` up to the next one that starts with `last`, as code."""
    lines = text.split("\n")
    begin = next(i for i, line in enumerate(lines) if line.strip().startswith(first))
    end = next(i for i in range(begin, len(lines)) if lines[i].strip().startswith(last))
    return compile(textwrap.dedent("\n".join(lines[begin : end + 1])), first, "exec")
