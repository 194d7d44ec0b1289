"""The relay asks for what no fact asks for."""

from celery import current_app

from commerce.events import recurring


def test_asks_for_tasks_that_recur():
    asked = {(task.name, task.queue, task.seconds) for task in recurring.tasks()}
    assert ("apps.orders.tasks.recover", "orders", 5) in asked


def test_message_is_worthless_once_the_next_is_due():
    recurring.registry["apps.orders.tasks.recover"].ask()
    with current_app.connection_for_read() as connection:
        queue = connection.SimpleQueue("orders")
        message = queue.get(block=False)
        message.ack()
        queue.close()
    assert message.headers["task"] == "apps.orders.tasks.recover"
    assert message.headers["expires"]
