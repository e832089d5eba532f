from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        from config import addresses, celery, checks, lag, measuring, metrics, moments, serving, tracing  # noqa: F401

        metrics.register(measuring.figures)
        metrics.register(lag.figures)
        serving.declare()
        moments.read_fast()
        tracing.start()


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin.Site"
