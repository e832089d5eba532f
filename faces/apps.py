from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "faces"
    verbose_name = "Faces"

    def ready(self) -> None:
        from faces import personal_data

        personal_data.declare()
