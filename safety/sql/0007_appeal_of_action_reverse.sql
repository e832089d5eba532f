ALTER TABLE safety_appeal DROP CONSTRAINT appeal_of_action;
