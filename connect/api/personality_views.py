"""The questionnaire of personality. Nobody is told what comes of their own answers."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.serializers.personality import PersonalityAnswersInput, PersonalityQuestionsReply
from connect.models import PersonalityQuestion
from connect.personality import VERSION
from connect.queries import languages
from connect.services import personality
from safety.api import Endpoint, operation


class Questionnaire(Endpoint):
    """What is asked, in the caller's language, with their own answers."""

    def reply(self) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        column = "text_de" if language == "de" else f"text_{settings.LANGUAGE_CODE}"
        questions = PersonalityQuestion.objects.asked().values_list("key", column)
        told = {
            "version": VERSION,
            "questions": [{"key": key, "text": text} for key, text in questions],
            "answers": personality.answers_of(self.me),
        }
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return Response(PersonalityQuestionsReply(told).data, headers=headers)


class PersonalityQuestionsView(Questionnaire):
    """The questions, for whoever consents to `personality`."""

    worded = frozenset({"GET"})

    @operation(operation_id="personality_questions", responses={200: PersonalityQuestionsReply})
    def get(self, request: Request) -> Response:
        personality.require_consent(self.me)
        return self.reply()


class PersonalityAnswersView(Questionnaire):
    """Answer some questions, change or take back what was answered; what is not named stays."""

    worded = frozenset({"POST"})

    @operation(
        operation_id="personality_answer",
        request=PersonalityAnswersInput,
        responses={200: PersonalityQuestionsReply},
    )
    def post(self, request: Request) -> Response:
        answers = self.given(PersonalityAnswersInput).validated_data["answers"]
        personality.answer(user_id=self.me, answers=answers)
        return self.reply()
