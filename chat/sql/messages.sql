SELECT 'message', (said.sent_at AT TIME ZONE 'UTC')::date AS day, talk.kind, '', '', count(*), 0
FROM chat_message said JOIN chat_conversation talk ON talk.id = said.conversation_id
WHERE said.id >= %(since_id)s AND said.sent_at >= %(since)s AND said.seq IS NOT NULL AND said.sender_id IS NOT NULL
GROUP BY day, talk.kind
