"""A person's own rows, made on demand and locked, so that two of their requests do not overwrite each other.

Where both are needed, the profile is locked before the pool profile.
"""

from uuid import UUID

from connect.models import ConnectProfile, Profile


def profile(user_id: UUID) -> Profile:
    """The person's profile, locked to the end of the transaction."""
    locked = Profile.objects.select_for_update().filter(user=user_id)
    found = locked.first()
    if found is None:
        Profile.objects.bulk_create([Profile(user_id=user_id)], ignore_conflicts=True)
        found = locked.get()
    return found


def member(user_id: UUID) -> ConnectProfile | None:
    """The person's pool profile if they are in the pool, locked to the end of the transaction."""
    return ConnectProfile.objects.active().select_for_update().filter(user=user_id).first()


def pool_profile(user_id: UUID) -> ConnectProfile:
    """The person's pool profile, inactive when it is new, locked to the end of the transaction."""
    locked = ConnectProfile.objects.select_for_update().filter(user=user_id)
    found = locked.first()
    if found is None:
        ConnectProfile.objects.bulk_create([ConnectProfile(user_id=user_id)], ignore_conflicts=True)
        found = locked.get()
    return found
