WITH proposed AS MATERIALIZED (
    SELECT id, (created_at AT TIME ZONE 'UTC')::date AS day, pathway, engine_version, score_breakdown,
           EXISTS (
               SELECT FROM safety_auditlog entry
               WHERE entry.entity = 'matching_match' AND entry.entity_id = proposal.id
                 AND entry.action = 'transition' AND entry.data ->> 'to' = 'accepted_both'
           ) AS accepted,
           EXISTS (SELECT FROM matching_matchfeedback said WHERE said.match_id = proposal.id)
           OR EXISTS (SELECT FROM matching_meetreflection said WHERE said.match_id = proposal.id) AS judged
    FROM matching_match proposal
    WHERE id >= %(since_id)s AND created_at >= %(since)s
), scored AS (
    SELECT day, pathway, engine_version, accepted, score.key AS component, score.value::float AS score
    FROM proposed, jsonb_each_text(score_breakdown) AS score
    WHERE score.value IS NOT NULL
), ran AS (
    SELECT (finished_at AT TIME ZONE 'UTC')::date AS day, *
    FROM matching_matchingrun
    WHERE status = 'finished' AND finished_at >= %(since)s
)
SELECT 'match', day, stage, pathway, engine_version, count(*), 0
FROM proposed, LATERAL (VALUES ('proposed', TRUE), ('accepted', accepted), ('judged', judged)) AS reached (stage, has)
WHERE has
GROUP BY day, stage, pathway, engine_version
UNION ALL
SELECT 'score_proposed', day, component, pathway, engine_version, count(*), sum(score)
FROM scored GROUP BY day, component, pathway, engine_version
UNION ALL
SELECT 'score_accepted', day, component, pathway, engine_version, count(*), sum(score)
FROM scored WHERE accepted GROUP BY day, component, pathway, engine_version
UNION ALL
SELECT 'run', day, figure, 'compatibility', engine_version, count(*), sum(value)
FROM ran, LATERAL (
    VALUES ('pool', pool_size::float), ('left_without', left_without), ('alone', alone), ('gini', exposure_gini)
) AS counted (figure, value)
WHERE value IS NOT NULL
GROUP BY day, figure, engine_version
UNION ALL
SELECT 'batch', (made_at AT TIME ZONE 'UTC')::date AS day,
       CASE WHEN exhausted THEN 'exhausted' ELSE 'full' END AS bucket, '', '', count(*), 0
FROM matching_discoverybatch
WHERE id >= %(since_id)s AND made_at >= %(since)s
GROUP BY day, bucket
UNION ALL
SELECT 'connection', (created_at AT TIME ZONE 'UTC')::date AS day, origin, '', '', count(*), 0
FROM matching_connection
WHERE id >= %(since_id)s AND created_at >= %(since)s
GROUP BY day, origin
