from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        from config import celery, checks  # noqa: F401


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin.Site"
