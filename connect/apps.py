from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "connect"
    verbose_name = "People"

    def ready(self) -> None:
        from connect import contacts, figures, metrics, personal_data, portraits, receivers  # noqa: F401
        from safety import identities, people

        identities.register(contacts.of)
        people.register(portraits.of)
        personal_data.declare()
        figures.declare()
        metrics.declare()
