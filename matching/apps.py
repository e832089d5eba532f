from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = "Matching"

    def ready(self) -> None:
        from config import metrics
        from matching import (
            figures,
            metrics_of_queue,
            outcomes,
            personal_data,
            receivers,  # noqa: F401
        )
        from matching import metrics as scraped

        personal_data.declare()
        outcomes.declare()
        figures.declare()
        scraped.declare()
        metrics.register(scraped.figures)
        metrics.register(metrics_of_queue.figures)
