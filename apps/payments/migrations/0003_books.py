"""Books that are only added to and always balance, and the view that says where they do not."""

from django.db import migrations

# What was taken before there were postings.
BEGINNING = """
UPDATE payments_session SET captured_minor = minor WHERE status = 'captured';
INSERT INTO payments_posting (entry_id, account, minor)
SELECT entry.id, leg.account, leg.minor
FROM payments_entry AS entry
JOIN payments_session AS session ON session.id = entry.session_id
CROSS JOIN LATERAL (
    VALUES
        (
            'clearing:' || CASE WHEN session.method LIKE 'test%' THEN 'test' ELSE session.method END,
            entry.minor
        ),
        ('charged', -entry.minor)
) AS leg (account, minor)
WHERE entry.what = 'captured' AND entry.minor > 0;
"""

ONLY_ADDED = """
CREATE FUNCTION payments_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER payments_entry_only_grows BEFORE UPDATE OR DELETE ON payments_entry
FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_rewriting();
CREATE TRIGGER payments_posting_only_grows BEFORE UPDATE OR DELETE ON payments_posting
FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_rewriting();
"""

NEVER_REWRITTEN = """
DROP TRIGGER payments_posting_only_grows ON payments_posting;
DROP TRIGGER payments_entry_only_grows ON payments_entry;
DROP FUNCTION payments_refuse_rewriting;
"""

BALANCED = """
CREATE FUNCTION payments_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(minor) FROM payments_posting WHERE entry_id = NEW.entry_id) <> 0 THEN
        RAISE EXCEPTION 'the postings of entry % do not add up to nothing', NEW.entry_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_posting_balances AFTER INSERT ON payments_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_refuse_imbalance();
"""

UNBALANCED = """
DROP TRIGGER payments_posting_balances ON payments_posting;
DROP FUNCTION payments_refuse_imbalance;
"""

BALANCES = """
CREATE VIEW payments_balance AS
SELECT posting.account, entry.currency, sum(posting.minor)::bigint AS minor
FROM payments_posting AS posting JOIN payments_entry AS entry ON entry.id = posting.entry_id
GROUP BY posting.account, entry.currency;
"""

# Every session whose counters are not what its books and its refunds add up to.
DRIFT = """
CREATE VIEW payments_drift AS
SELECT session.id AS session, session.captured_minor, session.refunded_minor,
    coalesce(booked.captured, 0) AS captured_booked, coalesce(booked.refunded, 0) AS refunded_booked,
    coalesce(given.kept, 0) AS refunded_kept, coalesce(given.made, 0) AS refunded_made
FROM payments_session AS session
LEFT JOIN (
    SELECT entry.session_id,
        sum(posting.minor) FILTER (WHERE entry.what = 'captured') AS captured,
        -sum(posting.minor) FILTER (WHERE entry.what IN ('refunded', 'returned')) AS refunded
    FROM payments_entry AS entry JOIN payments_posting AS posting ON posting.entry_id = entry.id
    WHERE posting.account LIKE 'clearing:%'
    GROUP BY entry.session_id
) AS booked ON booked.session_id = session.id
LEFT JOIN (
    SELECT session_id, sum(minor) FILTER (WHERE status <> 'refused') AS kept,
        sum(minor) FILTER (WHERE status = 'made') AS made
    FROM payments_refund GROUP BY session_id
) AS given ON given.session_id = session.id
WHERE (session.captured_minor, session.refunded_minor, coalesce(given.made, 0))
    IS DISTINCT FROM
    (coalesce(booked.captured, 0), coalesce(given.kept, 0), coalesce(booked.refunded, 0));
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_refunds_and_postings")]

    operations = [
        migrations.RunSQL(sql, reverse_sql)
        for sql, reverse_sql in [
            (BEGINNING, migrations.RunSQL.noop),
            (ONLY_ADDED, NEVER_REWRITTEN),
            (BALANCED, UNBALANCED),
            (BALANCES, "DROP VIEW payments_balance"),
            (DRIFT, "DROP VIEW payments_drift"),
        ]
    ]
