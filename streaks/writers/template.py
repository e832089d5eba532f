"""The embedded writer: whole sentences with the facts in their places."""

from streaks.writers import phrases
from streaks.writers.base import Facts


class Template:
    """Writes without asking anybody; where there is nothing to tell, it says that there is something to ask."""

    def text(self, facts: Facts) -> str:
        language = phrases.known(facts.language)
        sentence = phrases.SENTENCES[language][facts.number - 1]
        if "{}" not in sentence:
            return sentence
        if not facts.words:
            return phrases.UNSPOKEN[language]
        return sentence.format(_listed(facts.words, language))


def _listed(words: tuple[str, ...], language: str) -> str:
    *first, last = words
    return f"{', '.join(first)}{phrases.AND[language]}{last}" if first else last
