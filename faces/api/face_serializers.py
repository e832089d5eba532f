"""Faces as they are sent, and as their owner gets them."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.serializers import PlainSerializer, StrictSerializer
from connect.api.serializers.pictures import PictureField, ShownPictureSerializer
from faces.enums import Expression, FaceStatus, JobStage, JobStatus, JobType, SeenGender, Verdict
from faces.models import Face, MatchJob


class FaceInput(StrictSerializer):
    """A JPEG, PNG or WebP of at most 12 MB. What it is, its content says; its name and type are not looked at."""

    face = PictureField()


class SeenSerializer(serializers.Serializer[Any]):
    """What an analyzer takes a face for: it may be wrong, and says nothing about the person. Null where it cannot
    tell. Scores run from 0 to 1; `blur_score` is the sharpness. `identity_grade`: whether the analyzer can be believed
    to tell one person from another.
    """

    analyzer = serializers.CharField()
    identity_grade = serializers.BooleanField()
    analyzed_at = serializers.DateTimeField()
    quality_score = serializers.FloatField(allow_null=True)
    blur_score = serializers.FloatField(allow_null=True)
    illumination_score = serializers.FloatField(allow_null=True)
    symmetry_score = serializers.FloatField(allow_null=True)
    age = serializers.IntegerField(allow_null=True)
    gender = serializers.SerializerMethodField()
    expression = serializers.SerializerMethodField()
    expression_confidence = serializers.FloatField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(SeenGender.choices, allow_null=True))
    def get_gender(self, face: Face) -> str | None:
        return face.gender or None

    @extend_schema_field(serializers.ChoiceField(Expression.choices, allow_null=True))
    def get_expression(self, face: Face) -> str | None:
        return face.expression or None


class FaceSerializer(ShownPictureSerializer):
    """One's own face. `verdict`: whether it is known to be one's own; only such faces take part in the search. `seen`
    is null until it was analyzed. `link` is a path on this server that needs no sign-in, made for the caller alone.
    """

    id = serializers.UUIDField()
    is_default = serializers.BooleanField()
    status = serializers.ChoiceField(FaceStatus.choices)
    verdict = serializers.ChoiceField(Verdict.choices)
    seen = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(SeenSerializer(allow_null=True))
    def get_seen(self, face: Face) -> Any:
        return SeenSerializer(face).data if face.analyzed_at else None


class JobSerializer(PlainSerializer):
    """How far the work on a face has come; the two counts say what was found. `error_message`: what did not work out,
    in words; empty where nothing went wrong.
    """

    id = serializers.UUIDField()
    face_id = serializers.UUIDField()
    job_type = serializers.ChoiceField(JobType.choices)
    status = serializers.ChoiceField(JobStatus.choices)
    stage = serializers.ChoiceField(JobStage.choices)
    matches_found = serializers.IntegerField()
    lookalikes_found = serializers.IntegerField()
    error_message = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class FaceReply(FaceSerializer):
    """A face with the newest job on it; null once that is no longer kept."""

    job = serializers.SerializerMethodField()

    @extend_schema_field(JobSerializer(allow_null=True))
    def get_job(self, face: Face) -> Any:
        newest: MatchJob | None = face.jobs.order_by("-id").first()
        return JobSerializer(newest).data if newest else None


class FacesReply(serializers.Serializer[Any]):
    """The default first, then the newest; `most` is how many there may be."""

    faces = FaceSerializer(many=True)
    most = serializers.IntegerField(default=settings.FACES_MOST)
