from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "connect"
    verbose_name = "People"

    def ready(self) -> None:
        from connect import contacts
        from safety import identities

        identities.register(contacts.of)
