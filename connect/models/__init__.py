from connect.models.birth import BirthData
from connect.models.connect_profile import ConnectProfile
from connect.models.consent import Consent
from connect.models.data_export import DataExport
from connect.models.deletion import AccountDeletion
from connect.models.disclosure import Disclosure
from connect.models.mail import OutgoingMail, OutgoingSms
from connect.models.notification import Notification
from connect.models.password_reset import PasswordReset
from connect.models.personality import PersonalityAnswer, PersonalityQuestion, PersonalityScore
from connect.models.preferences import (
    InterestScore,
    NonNegotiable,
    OffLimitsTopic,
    PreferenceSettings,
    ReadinessAnswer,
    ValueScore,
)
from connect.models.profile import Profile
from connect.models.push import PushDelivery, PushDevice
from connect.models.registration import PendingRegistration
from connect.models.session import DeviceSession
from connect.models.user import AuthIdentity, User
from connect.models.verification import PhoneVerification, VerificationSignal

__all__ = [
    "AccountDeletion",
    "AuthIdentity",
    "BirthData",
    "ConnectProfile",
    "Consent",
    "DataExport",
    "DeviceSession",
    "Disclosure",
    "InterestScore",
    "NonNegotiable",
    "Notification",
    "OffLimitsTopic",
    "OutgoingMail",
    "OutgoingSms",
    "PasswordReset",
    "PendingRegistration",
    "PersonalityAnswer",
    "PersonalityQuestion",
    "PersonalityScore",
    "PhoneVerification",
    "PreferenceSettings",
    "Profile",
    "PushDelivery",
    "PushDevice",
    "ReadinessAnswer",
    "User",
    "ValueScore",
    "VerificationSignal",
]
