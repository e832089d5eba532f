"""What two people could talk about, and the catalogue that it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from chat import progression, queries
from chat.enums import Kind, PromptType, Stage
from chat.models import Conversation, Message, Prompt
from chat.services import locks
from connect.models import OffLimitsTopic
from safety.roles import as_service
from safety.services import audit


@dataclass(frozen=True)
class Offer:
    """The prompts of a conversation at the stage it has come to."""

    stage: Stage
    prompts: list[Prompt]


def offered(*, conversation_id: UUID, by: UUID) -> Offer:
    """What the two could talk about: the same for both, whoever asks and however often.

    Nothing that is off the limits of either. Raises NotYours, WrongState (conversation_closed, conversation_locked,
    conversation_paused).
    """
    conversation = queries.conversation_of(by, conversation_id)
    locks.refuse_if_mute(conversation)
    with as_service():
        stage = stage_of(conversation)
        return Offer(stage, of_stages(conversation, [stage])[stage])


def stage_of(conversation: Conversation) -> Stage:
    """How far the two have come. Needs the service role."""
    said = Message.objects.filter(conversation=conversation, seq__isnull=False).order_by("seq")
    moments = list(said.values_list("sent_at", flat=True)[: progression.COUNTED])
    talked = conversation.last_activity_at - moments[0] if moments else timedelta()
    return progression.reached(len(moments), talked)


def of_stages(conversation: Conversation, stages: Iterable[Stage]) -> dict[Stage, list[Prompt]]:
    """By stage the prompts that a conversation shows there. Needs the service role."""
    both = [conversation.user_a_id, conversation.user_b_id]
    avoided = set(OffLimitsTopic.objects.filter(user__in=both).values_list("topic_key", flat=True))
    kinds = [PromptType.ICEBREAKER, PromptType.ROOM] if conversation.kind == Kind.LIVE else [PromptType.ICEBREAKER]
    wanted = set(stages)
    found = list(Prompt.objects.active().avoiding(avoided).filter(prompt_type__in=kinds, stage__in=wanted))
    return {
        stage: progression.chosen(
            (prompt for prompt in found if prompt.stage == stage),
            place=conversation.id,
            number=settings.PROMPTS_SHOWN,
        )
        for stage in wanted
    }


def save(*, prompt: Prompt, by: UUID, changed: Iterable[str]) -> None:
    """Keep a new or changed prompt and who made it so."""
    action = "prompt_added" if prompt._state.adding else "prompt_changed"
    figures = {"code": prompt.code, "stage": prompt.stage, "active": prompt.active, "topics": prompt.topic_tags}
    with as_service():
        prompt.save()
        entity, names = prompt._meta.db_table, sorted(changed)
        audit.record(action=action, actor=by, entity=entity, entity_id=prompt.id, changed=names, **figures)
