UPDATE safety_appeal appeal
SET status = 'moot', decided_at = action.revoked_at, updated_at = now()
FROM safety_moderationaction action
WHERE action.id = appeal.action_id AND appeal.status = 'open' AND action.revoked_at IS NOT NULL;
