from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self) -> None:
        from config import metrics
        from matching import metrics as figures
        from matching import (
            metrics_of_queue,
            outcomes,
            personal_data,
            receivers,  # noqa: F401
        )

        personal_data.declare()
        outcomes.declare()
        metrics.register(figures.figures)
        metrics.register(metrics_of_queue.figures)
