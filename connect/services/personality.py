"""What people answer about their personality, and the numbers made of it.

Nothing else reads either: no matching, no order of discovery, no extraction of vectors. What comes out is a summary
for a partner, written on demand.
"""

from collections.abc import Mapping
from uuid import UUID

from config.errors import ConsentMissing, Invalid
from connect import summaries
from connect.enums import Purpose
from connect.models import Consent, PersonalityAnswer, PersonalityQuestion, PersonalityScore
from connect.personality import VERSION, Item, scores_of
from connect.services import locks
from safety.roles import as_service


def require_consent(user_id: UUID) -> None:
    """Raises ConsentMissing unless the consent to `personality` is live."""
    if not Consent.objects.allows(user_id, Purpose.PERSONALITY):
        raise ConsentMissing()


def answers_of(user_id: UUID) -> dict[str, int]:
    """A person's own answers by question, of the version that is asked now."""
    own = PersonalityAnswer.objects.filter(user=user_id, question__version=VERSION)
    return dict(own.order_by("question__position").values_list("question__key", "answer"))


def answer(*, user_id: UUID, answers: Mapping[str, int | None]) -> None:
    """Keep or change the answers (1 to 5) to some questions, take those back that are None, and score anew.

    Raises Invalid (unknown_question), and ConsentMissing for answering; taking back needs no consent.
    """
    # Before the consent is looked at: taking it back holds the same lock, and so does another request of the person.
    locks.profile(user_id)
    if any(given is not None for given in answers.values()):
        require_consent(user_id)
    questions = _questions(answers)
    taken_back = [question for key, question in questions.items() if answers[key] is None]
    PersonalityAnswer.objects.filter(user=user_id, question__in=taken_back).delete()
    rows = [
        PersonalityAnswer(user_id=user_id, question=question, answer=given)
        for key, question in questions.items()
        if (given := answers[key]) is not None
    ]
    unique = ["user", "question"]
    PersonalityAnswer.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=["answer"])
    rescore(user_id=user_id)


def rescore(*, user_id: UUID) -> None:
    """Make the person's numbers of their answers anew; none without a live consent or any answer.

    Called by whoever holds the person's lock.
    """
    with as_service():
        said = answers_of(user_id) if Consent.objects.allows(user_id, Purpose.PERSONALITY) else {}
        if not said:
            PersonalityScore.objects.filter(user=user_id).delete()
            return
        made = scores_of(said, _items())
        numbers = {"version": VERSION, "scores": made.scores, "confidence": made.confidence}
        PersonalityScore.objects.update_or_create(user_id=user_id, defaults=numbers)


def forget(*, user_id: UUID) -> dict[str, int]:
    """Delete the numbers made of a person's answers: how many. The answers, which they gave, stay theirs."""
    with as_service():
        made = PersonalityScore.objects.select_for_update().filter(user=user_id).first()
        if made is None:
            return {}
        made.delete()
    return {"personality_scores": len(made.scores)}


def summary_of(*, user_id: UUID, language: str) -> str:
    """A few sentences about somebody for their partner; empty without their live consent or enough answers.

    Nobody may be given their own: whoever calls sees to it that the reader is another, who may see the person.
    """
    with as_service():
        allowed = Consent.objects.live().filter(user=user_id, purpose=Purpose.PERSONALITY)
        made = PersonalityScore.objects.filter(user__in=allowed.values("user")).first()
    if made is None:
        return ""
    return summaries.write(scores=made.scores, confidence=made.confidence, language=language)


def _questions(answers: Mapping[str, int | None]) -> dict[str, PersonalityQuestion]:
    """The questions that are answered, by key."""
    asked = {question.key: question for question in PersonalityQuestion.objects.asked()}
    unknown = sorted(answers.keys() - asked.keys())
    if unknown:
        raise Invalid("There is no such question.", code="unknown_question", questions=unknown)
    return {key: asked[key] for key in answers}


def _items() -> dict[str, Item]:
    asked = PersonalityQuestion.objects.asked().values_list("key", "dimension", "reversed")
    return {key: Item(dimension, turned) for key, dimension, turned in asked}
