from django.apps import AppConfig


class StreaksConfig(AppConfig):
    name = "streaks"
    verbose_name = "Streaks"

    def ready(self) -> None:
        from streaks import figures, metrics, personal_data, receivers  # noqa: F401

        personal_data.declare()
        figures.declare()
        metrics.declare()
