"""One's own profile and birth data."""

from datetime import timedelta, timezone
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import NotYours
from connect.api.serializers.profile import BirthInput, BirthSerializer, ProfileInput, ProfileSerializer
from connect.models import BirthData
from connect.services import births, profiles
from safety.api import Endpoint, operation
from safety.api.schema import MISSING

LAST_TO_SEE_A_DAY = timezone(timedelta(hours=-12))


class ProfileView(Endpoint):
    """What a person tells of themselves."""

    @operation(operation_id="profile_read", responses={200: ProfileSerializer})
    def get(self, request: Request) -> Response:
        return Response(ProfileSerializer(profiles.of(self.me)).data)

    @operation(operation_id="profile_replace", request=ProfileInput, responses={200: ProfileSerializer})
    def put(self, request: Request) -> Response:
        return self._update(request, partial=False)

    @operation(operation_id="profile_change", request=ProfileInput, responses={200: ProfileSerializer})
    def patch(self, request: Request) -> Response:
        return self._update(request, partial=True)

    def _update(self, request: Request, *, partial: bool) -> Response:
        context: dict[str, Any] = {"today": self.now.astimezone(LAST_TO_SEE_A_DAY).date()}
        serializer = self.given(ProfileInput, partial=partial, context=context)
        changes = serializer.validated_data
        profile = profiles.update(user_id=self.me, changes=changes, now=self.now)
        return Response(ProfileSerializer(profile).data)


class BirthView(Endpoint):
    """When and where a person was born, as far as they know."""

    @operation(operation_id="birth_read", responses={200: BirthSerializer, 404: MISSING})
    def get(self, request: Request) -> Response:
        data = BirthData.objects.filter(user=self.me).first()
        if data is None:
            raise NotYours()
        return Response(BirthSerializer(data).data)

    @operation(operation_id="birth_replace", request=BirthInput, responses={200: BirthSerializer})
    def put(self, request: Request) -> Response:
        serializer = self.given(BirthInput)
        at = serializer.validated_data["time"]
        data = births.save(user_id=self.me, at=at, place=serializer.place, now=self.now)
        return Response(BirthSerializer(data).data)

    @operation(operation_id="birth_delete", responses={204: None, 404: MISSING})
    def delete(self, request: Request) -> Response:
        births.remove(user_id=self.me, now=self.now)
        return Response(status=204)
