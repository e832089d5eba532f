from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "faces"
    verbose_name = "Faces"

    def ready(self) -> None:
        from django.db.models.signals import post_delete

        from connect.services import picture_files
        from connect.services.picture_files import Kind
        from faces import metrics, personal_data
        from faces.models import Baby
        from faces.services import babies

        personal_data.declare()
        picture_files.register(Kind(Baby, babies.lose, belongs=personal_data.BOTH))
        post_delete.connect(babies.discard_file, sender=Baby)
        metrics.declare()
