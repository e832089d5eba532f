from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "connect"
    verbose_name = "People"

    def ready(self) -> None:
        from connect import contacts, figures, metrics, personal_data, portraits, receivers  # noqa: F401
        from connect.models import Photo
        from connect.services import photos, picture_files
        from connect.services.picture_files import Kind
        from safety import identities, people

        identities.register(contacts.of)
        people.register(portraits.of)
        personal_data.declare()
        picture_files.register(Kind(Photo, photos.lose))
        figures.declare()
        metrics.declare()
