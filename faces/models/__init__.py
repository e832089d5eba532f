from faces.models.baby import Baby
from faces.models.celebrity import Celebrity, CelebrityMatch
from faces.models.connection import FaceConnection
from faces.models.face import Face
from faces.models.job import MatchJob
from faces.models.match import FaceMatch
from faces.models.painting_day import PaintingDay
from faces.models.parameters import FaceParameters
from faces.models.reaction import Reaction
from faces.models.scale import LikenessScale
from faces.models.twins import Twins

__all__ = [
    "Baby",
    "Celebrity",
    "CelebrityMatch",
    "Face",
    "FaceConnection",
    "FaceMatch",
    "FaceParameters",
    "LikenessScale",
    "MatchJob",
    "PaintingDay",
    "Reaction",
    "Twins",
]
