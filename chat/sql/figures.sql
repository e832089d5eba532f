WITH talks AS MATERIALIZED (
    SELECT talk.id, (match.created_at AT TIME ZONE 'UTC')::date AS day, match.pathway, match.engine_version,
           talk.reveal_state = 'mutual' AS revealed, match.score_breakdown,
           talk.id IN (
               SELECT subject_id FROM safety_report WHERE id >= %(since_id)s AND subject_kind = 'conversation'
           ) AS reported,
           EXISTS (SELECT FROM chat_message m WHERE m.conversation_id = talk.id AND m.sender_id = talk.user_a_id)
           AND EXISTS (SELECT FROM chat_message m WHERE m.conversation_id = talk.id AND m.sender_id = talk.user_b_id)
           AS talked
    FROM matching_match match JOIN chat_conversation talk ON talk.match_id = match.id
    WHERE match.id >= %(since_id)s AND match.created_at >= %(since)s
)
SELECT 'talk', day, stage, pathway, engine_version, count(*), 0
FROM talks, LATERAL (
    VALUES ('opened', TRUE), ('talked', talked), ('revealed', revealed), ('reported', reported)
) AS reached (stage, has)
WHERE has
GROUP BY day, stage, pathway, engine_version
UNION ALL
SELECT 'score_revealed', day, score.key, pathway, engine_version, count(*), sum(score.value::float)
FROM talks, jsonb_each_text(score_breakdown) AS score
WHERE revealed AND score.value IS NOT NULL
GROUP BY day, score.key, pathway, engine_version
UNION ALL
SELECT 'reveal', (asked.created_at AT TIME ZONE 'UTC')::date AS day,
       CASE WHEN asked.status = 'pending' AND talk.state = 'closed' THEN 'left' ELSE asked.status END AS bucket,
       match.pathway, match.engine_version, count(*), 0
FROM chat_reveal asked
JOIN chat_conversation talk ON talk.id = asked.conversation_id
JOIN matching_match match ON match.id = asked.match_id
WHERE asked.id >= %(since_id)s AND asked.created_at >= %(since)s
GROUP BY day, bucket, match.pathway, match.engine_version
