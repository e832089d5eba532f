WITH filed AS (
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, severity,
           extract(epoch FROM decided_at - created_at) / 3600 AS hours
    FROM safety_report
    WHERE id >= %(since_id)s AND created_at >= %(since)s
)
SELECT 'report', day, severity, '', '', count(*), 0 FROM filed GROUP BY day, severity
UNION ALL
SELECT 'decision', day,
       CASE WHEN hours IS NULL THEN 'waiting' WHEN hours < 1 THEN 'hour' WHEN hours < 12 THEN 'half_day'
            WHEN hours < 24 THEN 'day' WHEN hours < 72 THEN 'three_days' ELSE 'later' END AS bucket,
       '', '', count(*), coalesce(sum(hours), 0)
FROM filed GROUP BY day, bucket
