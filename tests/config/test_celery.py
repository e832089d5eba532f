"""What happens when a worker's process starts."""

import gc

from config.celery import settle


def test_a_worker_that_settled_does_not_search_for_garbage_in_what_it_loaded():
    try:
        settle()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
    assert gc.get_freeze_count() == 0
