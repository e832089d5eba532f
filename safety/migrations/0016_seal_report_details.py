"""What reporters wrote goes under the key of their case, as their evidence is.

Written out here, as values were sealed then: nonce, ciphertext and tag of AES-256-GCM; a key of a case stands beside it
under one of DATA_KEYS. A report whose key none of them opens stops the migration, and nothing is lost.
"""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import migrations

NONCE = 12
WRAPPED = b"maitribe data key"


def seal_details(apps, schema_editor):
    Report = apps.get_model("safety", "Report")
    for report in Report.objects.exclude(details_text="").filter(details=None).iterator():
        report.evidence_key = bytes(report.evidence_key or _new_key())
        report.details = seal(_key(report.evidence_key), report.details_text.encode(), _place(report))
        report.save(update_fields=["details", "evidence_key"])


def open_details(apps, schema_editor):
    Report = apps.get_model("safety", "Report")
    for report in Report.objects.exclude(details=None).exclude(evidence_key=None).iterator():
        key = _key(bytes(report.evidence_key))
        report.details_text = unseal(key, bytes(report.details), _place(report)).decode()
        report.save(update_fields=["details_text"])


def seal(key, plaintext, place):
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, place)


def unseal(key, sealed, place):
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place)


def _place(report):
    return report.id.bytes + b"details"


def _key(wrapped):
    name, _, sealed = wrapped.partition(b"\0")
    return unseal(_ring()[name.decode()], sealed, WRAPPED)


def _new_key():
    name, key = next(iter(_ring().items()))
    return name.encode() + b"\0" + seal(key, AESGCM.generate_key(bit_length=256), WRAPPED)


def _ring():
    pairs = (entry.split(":", 1) for entry in settings.DATA_KEYS)
    return {name: base64.b64decode(key) for name, key in pairs}


class Migration(migrations.Migration):
    dependencies = [("safety", "0015_report_details")]
    operations = [migrations.RunPython(seal_details, open_details)]
