"""temporary"""


def sentence_end(text: str, start: int) -> int | None:
    for at in range(start, len(text) - 1):
        if text[at] in ".!?\n" and text[at + 1].isspace():
            return at + 1
    return None
