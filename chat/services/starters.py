"""Starters: prompts that two who are connected take up, one of each stage."""

from datetime import datetime
from uuid import UUID

from chat.enums import Stage
from chat.models import Conversation, Message, Prompt
from chat.services import locks, prompts
from chat.signals import starter_completed
from config.errors import NotYours, WrongState
from matching.enums import ConnectionEventType
from matching.models import Connection, ConnectionEvent
from matching.services import connections
from safety.roles import as_service


def complete(*, connection_id: UUID, by: UUID, prompt: str, now: datetime) -> ConnectionEvent:
    """Note that the two took up a prompt of their conversation, by its code; the same one twice is once.

    Raises NotYours (also prompt_not_offered, for whatever their conversation does not show them), WrongState
    (connection_ended, connection_not_revealed, conversation_locked, conversation_paused, starter_not_answered,
    starter_completed).
    """
    with as_service():
        connection = connections.locked(connection_id, by)
        if done := _completed(connection, prompt=prompt):
            return done
        conversation = _talk(connection)
        stage = Stage(_offered(conversation, by, prompt).stage)
        if _completed(connection, stage=stage.code):
            raise WrongState("You have taken up a starter of this stage.", code="starter_completed")
        _refuse_unless_both_spoke(conversation)
        event = ConnectionEvent.objects.create(
            connection=connection,
            event_type=ConnectionEventType.STARTER_COMPLETED,
            payload={"prompt": prompt, "stage": stage.code},
        )
        starter_completed.send(sender=ConnectionEvent, connection=connection, event=event, now=now)
    return event


def _completed(connection: Connection, **payload: str) -> ConnectionEvent | None:
    done = connection.events.filter(event_type=ConnectionEventType.STARTER_COMPLETED)
    return done.filter(payload__contains=payload).first()


def _talk(connection: Connection) -> Conversation:
    """Where the two can talk. Raises WrongState."""
    running = Conversation.objects.open().with_apart().filter(connection=connection)
    conversation = running.order_by("-id").first()
    if conversation is None:
        raise WrongState("You do not know each other yet.", code="connection_not_revealed")
    locks.refuse_if_mute(conversation)
    return conversation


def _offered(conversation: Conversation, by: UUID, code: str) -> Prompt:
    """Only what was shown can be named, so that trying codes tells nobody what is off the other's limits."""
    for prompt in prompts.shown(conversation=conversation, by=by):
        if prompt.code == code:
            return prompt
    raise NotYours("There is no such prompt here.", code="prompt_not_offered")


def _refuse_unless_both_spoke(conversation: Conversation) -> None:
    said = Message.objects.filter(conversation=conversation).by_people().order_by()
    if len(said.values_list("sender", flat=True).distinct()[:2]) < 2:
        raise WrongState("Both of you have to have said something.", code="starter_not_answered")
