WITH gates AS (
    SELECT (gate.opens_at AT TIME ZONE 'UTC')::date AS day, gate.conversation_id, gate.gate_minute, gate.outcome,
           match.pathway, match.engine_version
    FROM chat_gatewindow gate
    JOIN chat_conversation talk ON talk.id = gate.conversation_id
    JOIN matching_match match ON match.id = talk.match_id
    WHERE gate.opens_at >= %(since)s AND gate.status = 'resolved' AND gate.outcome <> 'void'
)
SELECT 'gate', day, gate_minute || ' ' || outcome AS bucket, pathway, engine_version, count(*), 0
FROM gates GROUP BY day, bucket, pathway, engine_version
UNION ALL
SELECT 'vote', day, vote.decision, pathway, engine_version, count(*), 0
FROM gates JOIN chat_decisiongate vote
  ON vote.conversation_id = gates.conversation_id AND vote.gate_minute = gates.gate_minute
GROUP BY day, vote.decision, pathway, engine_version
