"""People and what belongs to them, with traits."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from connect.enums import Gender, HobbyCategory, Mode, Purpose, SignalKind
from connect.models import (
    ConnectProfile,
    Consent,
    DeviceSession,
    Hobby,
    HobbyOption,
    Photo,
    Profile,
    User,
    VerificationSignal,
)
from matching.models import Match
from safety.crypto import new_data_key, wrap

PASSWORD = "a long enough passphrase"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        person = factory.Trait(
            profile=factory.RelatedFactory("tests.factories.ProfileFactory", "user"),
        )
        pooled = factory.Trait(
            profile=factory.RelatedFactory("tests.factories.ProfileFactory", "user"),
            pool=factory.RelatedFactory("tests.factories.ConnectProfileFactory", "user"),
            consent=factory.RelatedFactory("tests.factories.ConsentFactory", "user"),
        )
        # All that discovery asks for, and no more.
        ready = factory.Trait(
            phone_signal=factory.RelatedFactory("tests.factories.SignalFactory", "user"),
            photos=factory.RelatedFactoryList("tests.factories.PhotoFactory", "user", size=3),
            hobbies=factory.RelatedFactoryList("tests.factories.HobbyFactory", "user", size=2),
        )
        staff = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"person{n}@maitribe.example")
    password = "!"

    @classmethod
    def with_password(cls, **fields: Any) -> User:
        user: User = cls(**fields)
        user.set_password(PASSWORD)
        user.save()
        return user


class DeviceSessionFactory(DjangoModelFactory):
    class Meta:
        model = DeviceSession

    user = factory.SubFactory(UserFactory)
    last_used_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=60))


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    user = factory.SubFactory(UserFactory)
    purpose = Purpose.MATCHING
    version = "v1"
    granted_at = factory.LazyFunction(timezone.now)


class ProfileFactory(DjangoModelFactory):
    class Meta:
        model = Profile

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Secret Name {n}")
    nickname = factory.Sequence(lambda n: f"Nick{n}")
    birth_date = date(1992, 5, 17)
    gender = Gender.FEMALE
    city = "Berlin"
    country = "DE"
    cell = "861f1d48fffffff"
    languages = ["en", "de"]


class ConnectProfileFactory(DjangoModelFactory):
    class Meta:
        model = ConnectProfile

    user = factory.SubFactory(UserFactory)
    is_active = True
    consented_at = activated_at = factory.LazyFunction(timezone.now)
    consent_version = "v1"
    mode = Mode.BOTH
    min_age, max_age = 18, 99
    language_pref = ["en"]
    emotional_readiness_score = 70


class SignalFactory(DjangoModelFactory):
    class Meta:
        model = VerificationSignal

    user = factory.SubFactory(UserFactory)
    kind = SignalKind.PHONE
    verified_at = factory.LazyFunction(timezone.now)


class HobbyOptionFactory(DjangoModelFactory):
    class Meta:
        model = HobbyOption
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"hobby-{n}")
    name = factory.Sequence(lambda n: f"Hobby {n}")
    category = HobbyCategory.MIND


class HobbyFactory(DjangoModelFactory):
    class Meta:
        model = Hobby

    user = factory.SubFactory(UserFactory)
    option = factory.SubFactory(HobbyOptionFactory)
    description = "On Sundays, with too much tea."


class PhotoFactory(DjangoModelFactory):
    """The row of a photo with a good face, at the next position; of a file that is nowhere."""

    class Meta:
        model = Photo

    user = factory.SubFactory(UserFactory)
    position = factory.LazyAttribute(lambda o: Photo.objects.filter(user=o.user).count() + 1)
    file = factory.Sequence(lambda n: f"photos/00/{n}.jpg")
    file_key = factory.LazyFunction(lambda: wrap(new_data_key()))
    size = 1000
    digest = factory.Sequence(lambda n: f"{n:064x}")
    width, height = 800, 1000
    has_face = True
    quality = 0.8
    analyzer = "classical-1"


class MatchFactory(DjangoModelFactory):
    """A proposal between two people, in the order of their ids."""

    class Meta:
        model = Match

    class Params:
        first = factory.SubFactory(UserFactory)
        second = factory.SubFactory(UserFactory)

    user_a = factory.LazyAttribute(lambda o: min((o.first, o.second), key=lambda user: user.id))
    user_b = factory.LazyAttribute(lambda o: max((o.first, o.second), key=lambda user: user.id))
    total_score = 80
    engine_version = "connect-v1"
    weight_profile = "connect"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=72))


class ConversationFactory:
    """A blind conversation as the product makes one: through an accepted match."""

    @staticmethod
    def blind(first: User, second: User) -> Any:
        from chat.services.openings import open_blind
        from matching.enums import MatchStatus

        match = MatchFactory(first=first, second=second, status=MatchStatus.ACCEPTED_BOTH)
        return open_blind(matches=[match], now=timezone.now())[0]
