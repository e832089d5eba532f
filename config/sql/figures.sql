-- Counts of a day only grow: what is stored stays where Redis is away or has lost its keys.
SELECT metric, day, bucket, '', '', max(number), 0
FROM (
    SELECT metric, day, bucket, number
    FROM jsonb_to_recordset(%(given)s) AS counted (metric text, day date, bucket text, number bigint)
    UNION ALL
    SELECT metric, day, bucket, number FROM connect_dailyfigure
    WHERE metric = ANY(%(metrics)s) AND day >= %(day)s
) AS known
GROUP BY metric, day, bucket
