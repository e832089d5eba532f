"""What two people could talk about, and the catalogue that it comes from."""

from collections.abc import Iterable, Sequence
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
    """What the two could talk about: chosen when the first of them asks at a stage, and the same ever after.

    Nothing that was off the limits of either then, or is off the asker's own now. Raises NotYours, WrongState
    (conversation_closed, conversation_locked, conversation_paused).
    """
    conversation = queries.conversation_of(by, conversation_id)
    locks.refuse_if_mute(conversation)
    with as_service():
        stage = stage_of(conversation)
        codes = conversation.prompts_shown.get(stage.code)
        return Offer(stage, _seen_by(by, _choose(conversation.id, stage) if codes is None else codes))


def shown(*, conversation: Conversation, by: UUID) -> list[Prompt]:
    """What one of the two has been shown at any stage, and may see. Needs the service role."""
    return _seen_by(by, [code for codes in conversation.prompts_shown.values() for code in codes])


def stage_of(conversation: Conversation) -> Stage:
    """How far the two have come. Needs the service role."""
    said = Message.objects.filter(conversation=conversation).by_people().order_by("seq")
    moments = list(said.values_list("sent_at", flat=True)[: progression.COUNTED])
    talked = conversation.last_activity_at - moments[0] if moments else timedelta()
    return progression.reached(len(moments), talked)


def _choose(conversation_id: UUID, stage: Stage) -> list[str]:
    """The codes of what a conversation shows at a stage from now on; of two who ask at once the first has it chosen.

    They are kept, because what would change with the limits of one would tell the other of them.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(id=conversation_id)
    if stage.code not in conversation.prompts_shown:
        conversation.prompts_shown[stage.code] = [prompt.code for prompt in _fitting(conversation, stage)]
        conversation.save(update_fields=["prompts_shown"])
    codes: list[str] = conversation.prompts_shown[stage.code]
    return codes


def _fitting(conversation: Conversation, stage: Stage) -> list[Prompt]:
    avoided = _avoided_by(conversation.user_a_id, conversation.user_b_id)
    kinds = [PromptType.ICEBREAKER, PromptType.ROOM] if conversation.kind == Kind.LIVE else [PromptType.ICEBREAKER]
    found = Prompt.objects.active().avoiding(avoided).filter(prompt_type__in=kinds, stage=stage)
    return progression.chosen(found, place=conversation.id, number=settings.PROMPTS_SHOWN)


def _seen_by(person: UUID, codes: Sequence[str]) -> list[Prompt]:
    """Those of the prompts, in their order, that are still in use and not off the person's own limits."""
    found = Prompt.objects.active().avoiding(_avoided_by(person)).filter(code__in=codes)
    return sorted(found, key=lambda prompt: codes.index(prompt.code))


def _avoided_by(*people: UUID) -> set[str]:
    return set(OffLimitsTopic.objects.filter(user__in=people).values_list("topic_key", flat=True))


def save(*, prompt: Prompt, by: UUID, changed: Iterable[str]) -> None:
    """Keep a new or changed prompt and who made it so."""
    action = "prompt_added" if prompt._state.adding else "prompt_changed"
    figures = {"code": prompt.code, "stage": prompt.stage, "active": prompt.active, "topics": prompt.topic_tags}
    with as_service():
        prompt.save()
        entity, names = prompt._meta.db_table, sorted(changed)
        audit.record(action=action, actor=by, entity=entity, entity_id=prompt.id, changed=names, **figures)
