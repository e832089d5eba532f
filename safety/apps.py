from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"
    verbose_name = "Protection"

    def ready(self) -> None:
        from safety import checks, flags  # noqa: F401
