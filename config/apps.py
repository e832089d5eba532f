from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        from config import addresses, celery, checks, moments  # noqa: F401

        moments.read_fast()


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin.Site"
