WITH mutual AS (
    SELECT streak_id, cycle, count(*) AS days
    FROM (
        SELECT streak_id, cycle, local_date FROM streaks_checkin
        WHERE local_date >= %(since)s::date
        GROUP BY streak_id, cycle, local_date HAVING count(*) = 2
    ) AS completed
    GROUP BY streak_id, cycle
), begun AS (
    SELECT streak.started_on AS day,
           greatest(streak.current_day, streak.broken_count, coalesce(max(mutual.days), 0)) AS reached
    FROM streaks_streak streak LEFT JOIN mutual ON mutual.streak_id = streak.id
    WHERE streak.started_on >= %(since)s::date
    GROUP BY streak.id
)
SELECT 'streak', day, to_char(number, 'FM00'), '', '', count(*), 0
FROM begun, generate_series(0, 15) AS number
WHERE reached >= number
GROUP BY day, number
