from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "safety"
    verbose_name = "Protection"

    def ready(self) -> None:
        from config import metrics as scraped
        from safety import checks, declared_data, figures, flags, metrics  # noqa: F401

        declared_data.declare()
        figures.declare()
        metrics.declare()
        scraped.register(metrics.figures)
