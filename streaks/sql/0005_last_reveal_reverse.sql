DROP TRIGGER streaks_last_reveal ON streaks_milestonereveal;
DROP FUNCTION streaks_last_reveal();
