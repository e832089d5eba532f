import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.config.desk import browser, staff
from tests.safety.rows import fill, person


@pytest.fixture
def root(db):
    return staff(is_superuser=True)


@pytest.fixture
def boss(root):
    return browser(root)


@pytest.fixture
def rows(db):
    return fill(person(), person())


@pytest.fixture
def device(root):
    return TOTPDevice.objects.create(user=root, name="phone", confirmed=True)
