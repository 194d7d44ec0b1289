"""Facts are written down by a function, so that a statement of another table can go with them."""

from django.db import migrations

PUBLISH = """
CREATE FUNCTION events_publish(_facts jsonb, _consumers jsonb) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    _deliveries integer;
BEGIN
    WITH fact AS (
        INSERT INTO events_outbox
            (uuid, name, aggregate, payload, occurred_at, request_id, traceparent)
        SELECT uuid, name, aggregate, payload, coalesce(occurred_at, statement_timestamp()),
               request_id, traceparent
        FROM jsonb_to_recordset(_facts) AS given
            (place int, uuid uuid, name text, aggregate text, payload jsonb,
             occurred_at timestamptz, request_id text, traceparent text)
        ORDER BY place
        ON CONFLICT (uuid) DO NOTHING
        RETURNING id, name, aggregate
    )
    INSERT INTO events_delivery (fact_id, consumer, aggregate, queue)
    SELECT fact.id, consumer.name, fact.aggregate, consumer.queue
    FROM fact
    JOIN jsonb_to_recordset(_consumers) AS consumer (name text, event text, queue text)
        ON consumer.event = fact.name;
    GET DIAGNOSTICS _deliveries = ROW_COUNT;
    RETURN _deliveries;
END
$$
"""


class Migration(migrations.Migration):
    """One function: the facts in their order, and a delivery of each to each of its consumers."""

    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.RunSQL(PUBLISH, "DROP FUNCTION events_publish(jsonb, jsonb)"),
    ]
