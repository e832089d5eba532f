SELECT 'trust_score', %(day)s::date, '', '', '', count(*), sum(score) FROM safety_trustscore HAVING count(*) > 0
