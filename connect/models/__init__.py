from connect.models.analytics import AnalyticsEvent, DailyFigure
from connect.models.birth import BirthData
from connect.models.connect_profile import ConnectProfile
from connect.models.consent import Consent
from connect.models.credit import CreditEntry
from connect.models.data_export import DataExport
from connect.models.deletion import AccountDeletion
from connect.models.difference import BillingDifference
from connect.models.disclosure import Disclosure
from connect.models.hobby import Hobby, HobbyOption
from connect.models.mail import OutgoingMail, OutgoingSms
from connect.models.notification import Notification
from connect.models.password_reset import PasswordReset
from connect.models.payment import Payment, PaymentJob, PaymentState
from connect.models.personality import PersonalityAnswer, PersonalityQuestion, PersonalityScore
from connect.models.photo import Photo
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
from connect.models.stored_picture import StoredPicture
from connect.models.subscription import Subscription
from connect.models.user import AuthIdentity, User
from connect.models.verification import PhoneVerification, VerificationSignal

__all__ = [
    "AccountDeletion",
    "AnalyticsEvent",
    "AuthIdentity",
    "BillingDifference",
    "BirthData",
    "ConnectProfile",
    "Consent",
    "CreditEntry",
    "DailyFigure",
    "DataExport",
    "DeviceSession",
    "Disclosure",
    "Hobby",
    "HobbyOption",
    "InterestScore",
    "NonNegotiable",
    "Notification",
    "OffLimitsTopic",
    "OutgoingMail",
    "OutgoingSms",
    "PasswordReset",
    "Payment",
    "PaymentJob",
    "PaymentState",
    "PendingRegistration",
    "PersonalityAnswer",
    "PersonalityQuestion",
    "PersonalityScore",
    "PhoneVerification",
    "Photo",
    "PreferenceSettings",
    "Profile",
    "PushDelivery",
    "PushDevice",
    "ReadinessAnswer",
    "StoredPicture",
    "Subscription",
    "User",
    "ValueScore",
    "VerificationSignal",
]
