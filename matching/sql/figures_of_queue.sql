WITH ended AS (
    SELECT (dequeued_at AT TIME ZONE 'UTC')::date AS day, status, queue_reason,
           extract(epoch FROM dequeued_at - waiting_since) AS waited
    FROM matching_queueentry
    WHERE dequeued_at >= %(since)s
)
SELECT 'queue', day, CASE WHEN status = 'cancelled' THEN queue_reason ELSE status END AS bucket,
       'live', '', count(*), sum(waited)
FROM ended GROUP BY day, bucket
UNION ALL
SELECT 'wait', day,
       CASE WHEN waited < 10 THEN '10' WHEN waited < 30 THEN '30' WHEN waited < 60 THEN '60' WHEN waited < 120 THEN '120'
            WHEN waited < 300 THEN '300' ELSE 'longer' END AS bucket,
       'live', '', count(*), 0
FROM ended WHERE status = 'matched' GROUP BY day, bucket
