"""Faces, likenesses, the famous and the weights, as staff see and keep them."""

from faces.admin import babies, celebrities, jobs, likenesses, parameters, pictures

__all__ = ["babies", "celebrities", "jobs", "likenesses", "parameters", "pictures"]
