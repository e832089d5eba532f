"""The task queue, and the whole schedule of what happens by the clock."""

import gc
import os
import sys
from datetime import timedelta

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "worker")

ROLLOVER = timedelta(seconds=float(os.environ.get("ROLLOVER_SECONDS") or 300))
"""How often it is seen whose day is over."""
REFLECTIONS = timedelta(seconds=float(os.environ.get("REFLECTIONS_SECONDS") or 600))
"""How often it is seen whether a day is over of which something was said of people."""

TICK = {"expires": 15}
"""Of what comes every second or two: with a worker that falls behind, no more than a few of them wait."""

app = Celery("maitribe")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()

app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    task_time_limit=600,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 3600},
)

# Every entry looks for rows that are due: a second beat, or a task delivered twice, finds nothing left to do.
app.conf.beat_schedule = {
    "send mail": {"task": "connect.tasks.send_mail", "schedule": timedelta(seconds=5)},
    "send sms": {"task": "connect.tasks.send_sms", "schedule": timedelta(seconds=5)},
    "send pushes": {"task": "connect.tasks.send_pushes", "schedule": timedelta(seconds=5)},
    "clear expired": {"task": "connect.tasks.clear_expired", "schedule": timedelta(minutes=10)},
    "part blocked": {"task": "connect.tasks.part_blocked", "schedule": timedelta(seconds=5)},
    "lapse moderation actions": {"task": "safety.tasks.lapse_actions", "schedule": timedelta(minutes=1)},
    "settle trust": {"task": "safety.tasks.settle_trust", "schedule": timedelta(minutes=5)},
    "request matching": {"task": "matching.tasks.request_run", "schedule": timedelta(minutes=30)},
    "run matching": {"task": "matching.tasks.run_requested", "schedule": timedelta(seconds=5)},
    "run shards": {"task": "matching.tasks.run_shards", "schedule": timedelta(seconds=10)},
    "follow pool": {"task": "matching.tasks.follow_pool", "schedule": timedelta(seconds=5)},
    "expire proposals": {"task": "matching.tasks.expire_proposals", "schedule": timedelta(minutes=1)},
    "follow discovery": {"task": "matching.tasks.follow_discovery", "schedule": timedelta(minutes=1)},
    "pair queue": {"task": "matching.tasks.pair_queue", "schedule": timedelta(seconds=2), "options": TICK},
    "settle queue": {"task": "chat.tasks.settle_queue", "schedule": timedelta(seconds=5), "options": TICK},
    "settle interests": {"task": "matching.tasks.settle_interests", "schedule": timedelta(minutes=1)},
    "lapse interests": {"task": "matching.tasks.lapse_interests", "schedule": timedelta(hours=1)},
    "count reflections": {"task": "matching.tasks.count_reflections", "schedule": REFLECTIONS},
    "rebuild charts": {"task": "matching.tasks.rebuild_charts", "schedule": timedelta(seconds=5)},
    "expire reveals": {"task": "chat.tasks.expire_reveals", "schedule": timedelta(minutes=1)},
    "close silent chats": {"task": "chat.tasks.close_silent", "schedule": timedelta(minutes=10)},
    "close chats of the banned": {"task": "chat.tasks.close_banned", "schedule": timedelta(minutes=1)},
    "walk gates": {"task": "chat.tasks.walk_gates", "schedule": timedelta(seconds=1), "options": TICK},
    "watch live pairings": {"task": "chat.tasks.watch_pairings", "schedule": timedelta(seconds=2), "options": TICK},
    "requeue survivors": {"task": "chat.tasks.requeue_survivors", "schedule": timedelta(seconds=5)},
    "remind of talks": {"task": "matching.tasks.remind_of_talks", "schedule": timedelta(minutes=1)},
    "warn of silence": {"task": "chat.tasks.warn_of_silence", "schedule": timedelta(hours=1)},
    "roll streaks over": {"task": "streaks.tasks.roll_over", "schedule": ROLLOVER},
    "tell of streaks": {"task": "streaks.tasks.send_notices", "schedule": timedelta(seconds=10)},
    "write reveals": {"task": "streaks.tasks.write_reveals", "schedule": timedelta(seconds=10)},
    "decide protections": {"task": "streaks.tasks.decide_protections", "schedule": timedelta(minutes=1)},
    "mend streaks": {"task": "streaks.tasks.mend", "schedule": timedelta(minutes=1)},
    "paint babies": {"task": "faces.tasks.paint_babies", "schedule": timedelta(seconds=5), "options": TICK},
    "build exports": {"task": "connect.tasks.build_exports", "schedule": timedelta(seconds=10)},
    "clear exports": {"task": "connect.tasks.clear_exports", "schedule": timedelta(minutes=10)},
    "sweep picture files": {"task": "connect.tasks.sweep_picture_files", "schedule": timedelta(hours=6)},
    "erase accounts": {"task": "connect.tasks.erase_accounts", "schedule": timedelta(minutes=5)},
    "apply retention": {"task": "safety.tasks.apply_retention", "schedule": timedelta(hours=1)},
    "break the ice": {"task": "chat.tasks.break_ice", "schedule": timedelta(seconds=30)},
    "sweep presence": {"task": "chat.tasks.sweep_presence", "schedule": timedelta(seconds=20)},
    "settle payments": {"task": "connect.tasks.settle_payments", "schedule": timedelta(seconds=5)},
    "follow subscriptions": {"task": "connect.tasks.follow_subscriptions", "schedule": timedelta(seconds=10)},
    "compare books": {"task": "connect.tasks.compare_books", "schedule": timedelta(hours=1)},
    "make figures": {"task": "connect.tasks.make_figures", "schedule": timedelta(minutes=30)},
    "reanalyze celebrities": {"task": "faces.tasks.reanalyze_celebrities", "schedule": timedelta(minutes=5)},
    "refresh lookalikes": {"task": "faces.tasks.refresh_lookalikes", "schedule": timedelta(minutes=5)},
    "run match jobs": {"task": "faces.tasks.run_jobs", "schedule": timedelta(seconds=2), "options": TICK},
    "settle likes": {"task": "faces.tasks.settle_likes", "schedule": timedelta(minutes=1)},
    "search for faces again": {"task": "faces.tasks.search_again", "schedule": timedelta(minutes=2)},
    "worker heartbeat": {"task": "connect.tasks.heartbeat", "schedule": timedelta(seconds=10)},
}


@worker_init.connect
@beat_init.connect
def check_before_work(**kwargs: object) -> None:
    """Celery logs what a receiver raises and goes on; only an exit stops it."""
    from django.core.exceptions import ImproperlyConfigured

    from config.checks import refuse_unsafe_start

    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as unsafe:
        sys.exit(str(unsafe))


@worker_process_init.connect
def settle(**kwargs: object) -> None:
    """What is loaded stays for good: no later search for garbage goes through it, which in a run took half a second."""
    gc.freeze()


@setup_logging.connect
def keep_django_logging(**kwargs: object) -> None:
    """Celery would replace the handlers; Django's settings configure the log for every process."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
