"""Celery is set up so that messages may be lost or come twice, but never work."""

import pytest
from celery.exceptions import QueueNotFound

from commerce.events.tasks import deliver
from commerce.roles import QUEUES
from config.brokers import suited
from config.celery import app


def test_work_of_a_dead_worker_is_done_again():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.worker_cancel_long_running_tasks_on_connection_loss


def test_no_task_runs_longer_than_its_message_is_hidden():
    visible_again = app.conf.broker_transport_options["visibility_timeout"]
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < visible_again


def test_nothing_but_json_is_read_or_written():
    assert app.conf.accept_content == ["json"]
    assert {app.conf.task_serializer, app.conf.result_serializer} == {"json"}


def test_each_queue_gets_its_own_messages():
    assert list(app.amqp.queues) == list(QUEUES)
    assert [queue.routing_key for queue in app.amqp.queues.values()] == list(QUEUES)


def test_message_to_a_queue_without_workers_is_refused():
    with pytest.raises(QueueNotFound):
        deliver.apply_async(kwargs={"delivery": 1, "attempt": 0}, queue="express")


def test_worker_survives_acknowledging_on_a_lost_connection():
    with app.connection_for_read() as connection:
        channel = connection.channel()
        channel.close()
        with pytest.raises(connection.connection_errors):
            channel.qos.ack("a message of before")


def test_rabbitmq_gets_quorum_queues_and_confirms():
    options = suited("amqp://guest@rabbit//", "halles")
    assert options["broker_transport_options"] == {"confirm_publish": True}
    arguments = [queue.queue_arguments for queue in options["task_queues"]]
    assert arguments == [{"x-queue-type": "quorum"}] * len(QUEUES)


def test_amazon_s_queues_of_two_databases_have_names_of_their_own():
    shop, stock = (suited("sqs://", name) for name in ("halles", "halles_stock"))
    prefixes = [each["broker_transport_options"]["queue_name_prefix"] for each in (shop, stock)]
    assert prefixes == ["halles-", "halles_stock-"]


def test_services_that_share_a_redis_do_not_get_each_others_messages():
    shop, stock = (suited("redis://redis/0", name) for name in ("halles", "halles_stock"))
    prefixes = [each["broker_transport_options"]["global_keyprefix"] for each in (shop, stock)]
    assert prefixes == ["halles:", "halles_stock:"]
