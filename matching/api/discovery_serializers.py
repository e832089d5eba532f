"""What the calls of discovery take and give."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import PlainSerializer, StrictSerializer
from connect.enums import Gender
from connect.languages import CODES
from matching.api.connection_serializers import InterestSerializer
from matching.enums import CardStatus, DistanceBand, Server
from matching.models import DiscoveryCard
from matching.services import portrayals
from matching.services.cards import Given
from matching.services.discovery_filters import REACH_KM, Wanted

BANDS = [(band.value, band.label) for band in REACH_KM]
MANY = 30


class ServerSerializer(serializers.Serializer[Any]):
    """`batch`: none before the first cards, which are free; live; exhausted when there were fewer than five people.

    `refreshable_at` null: at once. `unmet` names what keeps the caller out of this server.
    """

    server = serializers.ChoiceField(Server.choices)
    name = serializers.CharField()
    batch = serializers.ChoiceField(["none", "live", "exhausted"])
    made_at = serializers.DateTimeField(allow_null=True)
    refreshable_at = serializers.DateTimeField(allow_null=True)
    unmet = serializers.ListField(child=serializers.CharField())


class ServersSerializer(serializers.Serializer[Any]):
    servers = ServerSerializer(many=True)


class CardHobbySerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    shared = serializers.BooleanField()


class DiscoveryCardSerializer(serializers.Serializer[Any]):
    """Somebody, without who they are. `prompts` are what the two could talk about."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    status = serializers.ChoiceField(CardStatus.choices)
    city = serializers.CharField(allow_blank=True)
    age_band = serializers.CharField()
    distance = serializers.ChoiceField(DistanceBand.choices)
    hobbies = CardHobbySerializer(many=True)
    prompts = serializers.ListField(child=serializers.CharField())


class BatchSerializer(serializers.Serializer[Any]):
    """Whoever cannot be met any more is not on `cards`, and nobody takes their place before the next refresh."""

    server = serializers.ChoiceField(Server.choices)
    made_at = serializers.DateTimeField()
    exhausted = serializers.BooleanField()
    cards = DiscoveryCardSerializer(many=True)


class CardStateSerializer(PlainSerializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(CardStatus.choices)


class FilterSerializer(StrictSerializer):
    """Whom somebody looks for; no genders, languages or hobbies are any, no distance is everywhere."""

    min_age = serializers.IntegerField(min_value=18, max_value=120)
    max_age = serializers.IntegerField(min_value=18, max_value=120)
    genders = serializers.ListField(child=serializers.ChoiceField(Gender.choices), max_length=len(Gender))
    distance = serializers.ChoiceField(BANDS, allow_null=True)
    languages = serializers.ListField(child=serializers.ChoiceField(sorted(CODES)), max_length=MANY)
    hobbies = serializers.ListField(child=serializers.CharField(max_length=30), max_length=MANY)

    @property
    def wanted(self) -> Wanted:
        given = dict(self.validated_data)
        named = {name: sorted({*map(str, given[name])}) for name in ("genders", "languages", "hobbies")}
        return Wanted(**given | named | {"distance": given["distance"] or ""})


class ExpressSerializer(StrictSerializer):
    card_id = serializers.UUIDField()


class MadeConnectionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    server = serializers.ChoiceField(Server.choices)


class ExpressedSerializer(serializers.Serializer[Any]):
    """`connection` is there when the interest is mutual."""

    interest = InterestSerializer()
    connection = MadeConnectionSerializer(allow_null=True)


def batch(given: Given) -> dict[str, Any]:
    """A batch as plain JSON, in the language that is active."""
    return {
        "server": given.batch.server,
        "made_at": given.batch.made_at,
        "exhausted": given.batch.exhausted,
        "cards": [_card(card) for card in given.cards],
    }


def _card(card: DiscoveryCard) -> dict[str, Any]:
    told = portrayals.told(card.snapshot)
    shown = {name: told[name] for name in ("city", "age_band", "distance", "hobbies", "prompts")}
    return {"id": card.id, "position": card.position, "status": card.status, **shown}


def filters(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in Wanted.__dataclass_fields__} | {"distance": wanted.distance or None}
