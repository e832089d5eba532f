from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "faces"
    verbose_name = "Faces"

    def ready(self) -> None:
        from connect.services import picture_files
        from connect.services.picture_files import Kind
        from faces import personal_data
        from faces.models import Celebrity
        from faces.services import celebrities

        personal_data.declare()
        picture_files.register(Kind(Celebrity, celebrities.lose, belongs=()))
