from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "faces"
    verbose_name = "Faces"

    def ready(self) -> None:
        from connect.services import picture_files
        from connect.services.picture_files import Kind
        from faces import personal_data, receivers  # noqa: F401
        from faces.models import Face
        from faces.services import own_faces

        personal_data.declare()
        picture_files.register(Kind(Face, own_faces.lose))
