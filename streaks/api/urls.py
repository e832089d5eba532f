"""Paths of this app. The flag opens streaks to the public."""

from django.urls import path

from connect.exposure import FLAGGED
from streaks.api import reveal_views, ritual_views, views

urlpatterns = [
    path("daily_prompts/today", ritual_views.TodayView.as_view(**FLAGGED)),
    path("daily_prompts/answers", ritual_views.AnswersView.as_view(**FLAGGED)),
    path("weekly_intent", ritual_views.WeeklyIntentView.as_view(**FLAGGED)),
    path("xp", ritual_views.XpView.as_view(**FLAGGED)),
    path("streaks", views.StreaksView.as_view(**FLAGGED)),
    path("streaks/<uuid:streak_id>", views.StreakView.as_view(**FLAGGED)),
    path("streaks/<uuid:streak_id>/check_in", views.CheckInView.as_view(**FLAGGED)),
    path("streaks/<uuid:streak_id>/nudge", views.NudgeView.as_view(**FLAGGED)),
    path("streaks/<uuid:streak_id>/recover", reveal_views.RecoverView.as_view(**FLAGGED)),
    path("streaks/<uuid:streak_id>/reveals", reveal_views.RevealsView.as_view(**FLAGGED)),
    path("streaks/<uuid:streak_id>/reveals/<int:number>/purchase", reveal_views.PurchaseView.as_view(**FLAGGED)),
]
