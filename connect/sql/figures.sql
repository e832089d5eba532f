SELECT 'signup', (created_at AT TIME ZONE 'UTC')::date AS day, '', '', '', count(*), 0
FROM connect_user
WHERE id >= %(since_id)s AND created_at >= %(since)s AND status <> 'deleted'
GROUP BY day
UNION ALL
SELECT 'event', (occurred_at AT TIME ZONE 'UTC')::date AS day, event_name, '', '', count(*), count(DISTINCT user_id)
FROM connect_analyticsevent
WHERE occurred_at >= %(since)s
GROUP BY day, event_name
