from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "faces"
    verbose_name = "Faces"

    def ready(self) -> None:
        from chat import acquaintances
        from connect import public_settings
        from connect.services import picture_files
        from connect.services.picture_files import Kind
        from faces import checks, evidence, metrics, personal_data, receivers  # noqa: F401
        from faces.api.settings_serializers import FIELDS
        from faces.models import Baby, Celebrity, Face
        from faces.services import babies, celebrities, face_parameters, own_faces
        from safety import evidence as safety_evidence

        acquaintances.register(evidence.KIND, evidence.other_of)
        safety_evidence.register(evidence.KIND, evidence.collect)
        personal_data.declare()
        picture_files.register(
            Kind(Face, own_faces.lose),
            Kind(Celebrity, celebrities.lose, belongs=()),
            Kind(Baby, babies.lose, belongs=personal_data.BOTH),
        )
        metrics.declare()
        public_settings.register(face_parameters.public, FIELDS)
