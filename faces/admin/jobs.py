"""What follows uploads."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from unfold.decorators import display

from config import clock
from config.admin import ModelAdmin, reported, staff_id
from faces.enums import JobStatus
from faces.models import MatchJob
from faces.services import jobs

COLOURS = {
    JobStatus.PENDING: "info",
    JobStatus.PROCESSING: "warning",
    JobStatus.COMPLETED: "success",
    JobStatus.FAILED: "danger",
}


@admin.register(MatchJob)
class MatchJobAdmin(ModelAdmin):
    list_display = ("age", "user", "job_type", "status_shown", "stage", "attempts", "due_at", "error_message")
    list_filter = ("status", "job_type", "stage")
    list_select_related = ("user",)
    parties = ("user",)
    actions = ("retry",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("faces.change_matchjob")

    @admin.action(description="Try again", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[MatchJob]) -> None:
        for job in queryset:
            with reported(self, request, job):
                jobs.retry(job_id=job.id, by=staff_id(request), now=clock.now())

    @display(description="Age", ordering="created_at")
    def age(self, job: MatchJob) -> str:
        return timesince(job.created_at, clock.now(), depth=1)

    @display(description="Status", ordering="status", label=COLOURS)
    def status_shown(self, job: MatchJob) -> tuple[str, str]:
        return job.status, job.get_status_display()
