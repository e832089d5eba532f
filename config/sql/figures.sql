SELECT metric, day, bucket, '', '', number, 0
FROM jsonb_to_recordset(%(given)s) AS counted (metric text, day date, bucket text, number bigint)
