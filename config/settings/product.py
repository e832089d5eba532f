"""What the rules of the product leave to whoever operates it."""

from datetime import timedelta

# matching; what the engine goes by are rows, matching.EngineParameters
MATCHING_MIN_INTERVAL = timedelta(seconds=5)
MATCHING_LEASE = timedelta(minutes=5)
MATCHING_INLINE = 30_000
INTEREST_LAPSES_AFTER = timedelta(days=30)
# discovery: how long the one timer runs, by tier; how long somebody passed is not shown again; how old an entry gets.
DISCOVERY_REFRESH = {"free": timedelta(hours=24), "plus": timedelta(hours=12), "pro": timedelta(hours=6)}
DISCOVERY_PASS_RESTS = timedelta(days=60)
DISCOVERY_ENTRY_AGE = timedelta(minutes=15)
# How far ahead two people may agree on a time to talk.
SCHEDULE_AHEAD = timedelta(days=90)
# How long before they are reminded of it.
SCHEDULE_REMINDER = timedelta(minutes=15)

# the queue for live conversations: the longest wait, how long somebody may be out of sight, how often being seen is
# noted, and after how many leavings within which time joining rests how long.
QUEUE_LONGEST_WAIT = timedelta(minutes=10)
QUEUE_ABSENCE = timedelta(seconds=30)
QUEUE_SEEN_AGAIN = timedelta(seconds=4)
QUEUE_CHURN = 3
QUEUE_CHURN_WINDOW = timedelta(minutes=5)
QUEUE_COOLDOWN = timedelta(minutes=5)
# Who is paired: points a pair needs at first and at last, and how long a wait takes from one to the other; points a
# pair loses for somebody flagged; points a minute of waiting is worth; for how long two do not meet again; who is new,
# and whom they meet.
QUEUE_BAR = 60.0
QUEUE_FLOOR = 40.0
QUEUE_RELAXING = timedelta(minutes=3)
QUEUE_FLAGGED_POINTS = 10.0
QUEUE_WAITING_LIFT = 4.0
QUEUE_PAIR_RESTS = timedelta(days=30)
QUEUE_NEWCOMER = timedelta(days=7)
# From how far back the wait that is to be expected is measured.
QUEUE_MEASURED = timedelta(hours=2)

# chat
REVEAL_LIFETIME = timedelta(hours=48)
REVEAL_PAUSE = timedelta(hours=24)
# How long who took an offer back waits before the next; the other may offer at once.
REVEAL_ASK_AGAIN = timedelta(minutes=10)
SILENCE_BEFORE_CLOSE = timedelta(days=14)
RETRACTION_WINDOW = timedelta(minutes=15)
MESSAGE_LENGTH = 4000
# How many prompts two people are shown at once; after what silence two who are connected are told of it.
PROMPTS_SHOWN = 5
CONNECTION_QUIET_AFTER = timedelta(days=14)
FRAME_BYTES = 64 * 1024
SOCKET_POLL = timedelta(milliseconds=500)
PRESENCE_LIFETIME = timedelta(seconds=40)

# live: at which minutes the two decide, for how long, and after how long without a socket before the first gate
# somebody is gone.
LIVE_GATES = (10, 20, 30)
LIVE_GATE_WINDOW = timedelta(minutes=2)
LIVE_RECONNECT_GRACE = timedelta(seconds=60)
# Calls of somebody without a socket count as being there; this often is enough.
LIVE_SEEN_AGAIN = timedelta(seconds=10)

# streaks; how often somebody may remind the other on one day at risk, by tier
NUDGES = {"free": 1, "plus": 2, "pro": 3}
# And how many more of that day they can buy.
NUDGES_SOLD = 3
# Recoveries of one connection that cost nothing, by tier.
FREE_RECOVERIES = {"free": 0, "plus": 1, "pro": 2}
CREDIT_PROTECTION = timedelta(hours=24)
# How long an outage of ours is at the most, and how long ago one that is put on record began.
OUTAGE_LONGEST = timedelta(days=3)
OUTAGE_REMEMBERED = timedelta(days=30)
# Points for what people do, once for each thing, and how many a person's day brings at most.
XP = {
    "daily_answer": 10,
    "weekly_intent": 15,
    "mutual_day": 10,
    "starter": 20,
    "reflection": 15,
    "connection": 25,
}
XP_A_DAY = 100

# people
REGISTRATION_LIFETIME = timedelta(minutes=30)
SESSION_KEPT = timedelta(days=90)
PASSWORD_RESET_LIFETIME = timedelta(minutes=30)
PHONE_CODE_LIFETIME = timedelta(minutes=10)
CODE_ATTEMPTS = 5
KEY_SET_LIFETIME = timedelta(hours=1)
KEY_SET_PAUSE = timedelta(minutes=1)
KEY_SET_REST = timedelta(seconds=5)
KEY_SET_TIMEOUT = timedelta(seconds=3)
KEY_SET_WAIT = timedelta(seconds=1)
CLOCK_SKEW = timedelta(seconds=30)
BIRTH_CHANGES_PER_YEAR = 2
# A picture as it is sent: its bytes, and its pixels as its head says them; none takes 256 MB to decode.
PICTURE_BYTES = 12 * 1024 * 1024
PICTURE_PIXELS = {"JPEG": 25_000_000, "PNG": 16_000_000, "WEBP": 12_500_000}
PHOTO_LINK_LIFETIME = timedelta(minutes=15)
# How long a file may stand without a row, as it does while its upload is not committed.
PICTURE_FILE_GRACE = timedelta(hours=1)
# More files that are gone at once are no lost pictures but a storage that is not there; more that have no row, a
# database that is not theirs.
PICTURE_FILES_LOST_AT_ONCE = 100
# Pictures of their face that a person may have.
FACES_MOST = 10
HOBBIES_MOST = 10
CONSENT_VERSIONS = {"v1"}
PUSH_DEVICES_KEPT = 10
PUSH_LIFETIME = timedelta(days=1)
PUSH_TIMEOUT = timedelta(seconds=10)

# money, in minor units
CURRENCY = "eur"
PRICES = {"recovery": 199, "reveal": 299, "nudge": 99}
TIER_PRICES = {"plus": 799, "pro": 1499}
PAYMENT_LIFETIME = timedelta(hours=24)
PAYMENT_POLL = timedelta(minutes=10)
SUBSCRIPTION_POLL = timedelta(hours=6)
SUBSCRIPTION_GRACE = timedelta(days=7)
WEBHOOK_TOLERANCE = timedelta(minutes=5)
BILLING_COMPARED = timedelta(days=45)
BILLING_SETTLING = timedelta(minutes=15)

# How many pictures of babies a person may ask for in 24 hours.
BABIES_A_DAY = 5

# analytics: events in one call, how old and how far ahead they may be
ANALYTICS_BATCH = 100
ANALYTICS_OLDEST = timedelta(days=7)
ANALYTICS_AHEAD = timedelta(minutes=5)
# How far back the figures of days are made anew, so that what comes late comes in.
FIGURES_MADE_ANEW = timedelta(days=35)
# A smaller number is shown as that it is smaller.
SMALL_NUMBER = 5

# operations
BACKUP_MAX_AGE = timedelta(hours=24)
ROLLBACK_BACKUP_MAX_AGE = timedelta(hours=1)
# protection
CASE_DUE = {
    "critical": timedelta(hours=1),
    "high": timedelta(hours=12),
    "medium": timedelta(days=1),
    "low": timedelta(days=3),
}
FALSE_REPORTER_DECIDED = 5
FALSE_REPORTER_ACCURACY = 0.25
APPEAL_WINDOW = timedelta(days=180)
# After which time what moved somebody's trust weighs half, and after which nothing: less than it is kept.
TRUST_HALF_LIFE = timedelta(days=90)
TRUST_MEMORY = timedelta(days=2 * 365)
# How long after a talk somebody may say how it was, and how long one person's word about another counts once.
REFLECTION_WINDOW = timedelta(days=14)
REFLECTION_PAIR_RESTS = timedelta(days=180)
# Characters of what a reporter adds to one report, again and again.
REPORT_DETAILS_KEPT = 20_000
# privacy
RECENT_SIGN_IN = timedelta(minutes=10)
DELETION_DELAY = timedelta(days=7)
EXPORT_LIFETIME = timedelta(days=7)
# How long each class of data is kept, from the moment that docs/privacy.md names.
RETENTION = {
    "conversations": timedelta(days=90),
    "discovery": timedelta(days=90),
    "queue": timedelta(days=90),
    "notifications": timedelta(days=180),
    "match_jobs": timedelta(days=90),
    "rejected_faces": timedelta(days=30),
    "analytics": timedelta(days=180),
    "reports": timedelta(days=3 * 365),
    "trust": timedelta(days=3 * 365),
    "audit": timedelta(days=7 * 365 + 2),
}
# what people write
RULES_REFRESH = timedelta(seconds=5)
TEXT_TRACES_KEPT = timedelta(days=1)
LIKE_OPENERS_BEFORE_FLAG = 5
REFUSED_BEFORE_FLAG = 3

# faces: pairs of different people from which on it is said how alike two are among all.
LIKENESS_LEAST_PAIRS = 1_000
# faces: how long anybody may keep the picture of somebody famous; what one import on a page of the admin holds at most,
# in bytes and pictures.
CELEBRITY_PICTURE_KEPT = timedelta(hours=1)
CELEBRITY_IMPORT_BYTES = 64 * 1024 * 1024
CELEBRITY_IMPORT_MOST = 200
