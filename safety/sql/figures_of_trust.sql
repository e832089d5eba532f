SELECT 'trust', (at AT TIME ZONE 'UTC')::date AS day, source, '', '', count(*), sum(delta)
FROM safety_trustscoreevent
WHERE at >= %(since)s
GROUP BY day, source
