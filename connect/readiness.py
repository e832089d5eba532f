"""The questionnaire of emotional readiness: statements, answered from 1 (no) to 5 (fully)."""

LOWEST, HIGHEST = 1, 5

QUESTIONS = {
    "closure": "I have made my peace with how my last close relationship ended.",
    "availability": "I have the time and the room in my life to get to know somebody.",
    "self_awareness": "I notice what I feel, and can say it.",
    "trust": "I can trust somebody new without having to test them.",
    "balance": "I am content with my life as it is, also on my own.",
    "openness": "I am curious about people who are different from me.",
}


def score(answers: dict[str, int]) -> int | None:
    """Readiness from 0 to 100: the mean of the answers on that scale; None without any answer."""
    if not answers:
        return None
    mean = sum(answers.values()) / len(answers)
    return round(100 * (mean - LOWEST) / (HIGHEST - LOWEST))
