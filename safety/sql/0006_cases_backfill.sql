-- The first to take a report up has it; the one who closed it decided it.
UPDATE safety_report AS report
SET priority = CASE severity WHEN 'critical' THEN 64 WHEN 'high' THEN 16 WHEN 'medium' THEN 4 ELSE 1 END,
    due_at = report.created_at + CASE severity
        WHEN 'critical' THEN interval '1 hour' WHEN 'high' THEN interval '12 hours'
        WHEN 'medium' THEN interval '1 day' ELSE interval '3 days' END;

UPDATE safety_report AS report
SET assigned_to_id = taken.actor_id, triaged_at = taken.created_at
FROM safety_auditlog AS taken
WHERE taken.entity = 'safety_report' AND taken.entity_id = report.id AND taken.action = 'report_triaged';

UPDATE safety_report AS report
SET decided_by_id = closed.actor_id, decided_at = closed.created_at, decision_text = 'Closed before reasons were kept.'
FROM safety_auditlog AS closed
WHERE closed.entity = 'safety_report' AND closed.entity_id = report.id AND closed.action = 'report_dismissed'
  AND report.status = 'dismissed';
