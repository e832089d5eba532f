"""What people's changes tell the apps above; receivers do one small write each, in the same transaction."""

from django.dispatch import Signal

# A consent was taken back: user_id, purpose, now. Receivers delete what they derived under it and return what.
consent_revoked = Signal()

# A photo that shows a face came or went, so that others are there to know the person by: user_id, now. The person's row
# is locked.
photos_changed = Signal()

# Birth data or birth date changed, or a consent for computing from it was given: user_id, now.
birth_changed = Signal()

# What matching knows of a person changed (preferences, vectors, pool membership): user_id, active, now. Receivers
# return what they deleted or closed, as for a consent.
profile_changed = Signal()

# A person's tier changed: user_id, now. Their row is locked until the transaction ends.
tier_changed = Signal()

# A payment was settled, or given back: payment, now; in the transaction in which it is. Receivers give the effect, or
# take it back. Who cannot give it any more asks for `services.payments.refund`.
payment_settled = Signal()
payment_refunded = Signal()
