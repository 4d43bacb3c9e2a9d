"""Answers as they are typed, and how a question asks for them."""

from hvviz import units
from hvviz.lesson.grading import Answer, AnswerError
from hvviz.lesson.text import plain
from hvviz.scenario.lesson import Ask, AskType


def offered_texts(ask: Ask, offered: tuple[str, ...]) -> tuple[str, ...]:
    """What stands beside the numbers that a learner can answer with; nothing where the answer is no number of a list."""
    if ask.type in (AskType.SINGLE, AskType.MULTI):
        texts = {choice.id: choice.text for choice in ask.choices}
        return tuple(plain(texts[id]) for id in offered)
    if ask.type in (AskType.ORDER, AskType.MATCH):
        return offered
    return ()


def invitation(ask: Ask) -> str:
    """How to answer, in a sentence."""
    match ask.type:
        case AskType.SINGLE:
            return "Answer with its number."
        case AskType.MULTI:
            return "Answer with the numbers of all that are right."
        case AskType.ORDER:
            return "Answer with the numbers in order, leaving out what does not belong."
        case AskType.MATCH:
            return f"For each of these in turn, its number: {'; '.join(left for left, _ in ask.pairs)}."
        case AskType.PICK:
            return "Answer with the name of the thing."
        case AskType.PREDICT_CURVE:
            return "Answer with one size for each pass, like: 16 GiB, 2 GiB, 300 MiB."
        case AskType.NUMERIC:
            return f"Answer with a number{f' in {ask.unit}' if ask.unit else ''}."


def parse_answer(ask: Ask, line: str, offered: tuple[str, ...]) -> Answer:
    """What was typed, as `grade` takes it; raises `AnswerError`."""
    if ask.type is AskType.SINGLE:
        return _numbered(line, offered)[0]
    if ask.type in (AskType.MULTI, AskType.ORDER):
        return _numbered(line, offered)
    if ask.type is AskType.MATCH:
        chosen = _numbered(line, offered)
        return {left: right for (left, _), right in zip(ask.pairs, chosen, strict=False)}
    if ask.type is AskType.PREDICT_CURVE:
        return _sizes(line)
    return line


def _numbered(line: str, offered: tuple[str, ...]) -> list[str]:
    found = []
    for word in line.replace(",", " ").split():
        if word in offered:
            found.append(word)
        elif word.isdigit() and 1 <= int(word) <= len(offered):
            found.append(offered[int(word) - 1])
        else:
            raise AnswerError(f"'{word}' is not one of 1 to {len(offered)}.")
    if not found:
        raise AnswerError(f"Answer with numbers from 1 to {len(offered)}.")
    return found


def _sizes(line: str) -> list[float]:
    try:
        return [units.parse(part.strip(), units.Dimension.MEMORY) for part in line.split(",")]
    except units.UnitError as error:
        raise AnswerError(str(error)) from error
