from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "faces"
    verbose_name = "Faces"

    def ready(self) -> None:
        from faces import (
            checks,  # noqa: F401
            personal_data,
        )

        personal_data.declare()
