from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from chat import (
            figures,
            metrics,
            outcomes,
            personal_data,
            queries,
            receivers,  # noqa: F401
            talks,
        )
        from chat.models import MessagePicture
        from chat.services import pictures, reports
        from config import metrics as scraped
        from connect.services import picture_files
        from matching.queries_of_queue import register_conversations
        from safety import evidence

        evidence.register("conversation", reports.conversation_evidence)
        evidence.register("match", reports.match_evidence)
        evidence.register("person", reports.person_evidence)
        picture_files.register(picture_files.Kind(MessagePicture, pictures.lose, belongs=("message__sender",)))
        personal_data.declare()
        outcomes.declare()
        figures.declare()
        metrics.declare()
        scraped.register(metrics.figures)
        register_conversations(queries.id_of_match)
        talks.declare()
