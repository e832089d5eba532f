from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"
    verbose_name = "Protection"

    def ready(self) -> None:
        from safety import checks, declared_data, figures, flags  # noqa: F401

        declared_data.declare()
        figures.declare()
