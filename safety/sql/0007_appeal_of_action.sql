-- Whoever an appeal names as having taken the action, and as appealing, is so by the action itself.
ALTER TABLE safety_appeal ADD CONSTRAINT appeal_of_action
    FOREIGN KEY (action_id, action_by_id, appellant_id) REFERENCES safety_moderationaction (id, by_id, against_id)
    ON UPDATE CASCADE;
