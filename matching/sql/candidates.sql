-- People of one server for one person, best first. `apart` are those whom something keeps from them, `seen` those who
-- were on their cards of this server. What {narrowed} adds is one end of the order, so that an index can find it.
WITH apart AS MATERIALIZED (
    SELECT blocked_id AS id FROM safety_block WHERE blocker_id = %(me)s AND blocked_id IS NOT NULL
    UNION ALL SELECT blocker_id FROM safety_block WHERE blocked_id = %(me)s
    UNION ALL SELECT user_high_id FROM matching_connection WHERE user_low_id = %(me)s
    UNION ALL SELECT user_low_id FROM matching_connection WHERE user_high_id = %(me)s
    UNION ALL SELECT user_b_id FROM matching_match
        WHERE user_a_id = %(me)s AND (status <> ALL(%(over)s) OR talked AND NOT wordless)
    UNION ALL SELECT user_a_id FROM matching_match
        WHERE user_b_id = %(me)s AND (status <> ALL(%(over)s) OR talked AND NOT wordless)
    UNION ALL SELECT receiver_id FROM matching_interest WHERE sender_id = %(me)s AND status IN ('pending', 'mutual')
    UNION ALL SELECT subject_id FROM matching_discoverycard
        WHERE owner_id = %(me)s AND status = 'passed' AND decided_at > %(passed_since)s
    UNION ALL SELECT unnest(%(tried)s::uuid[])
    UNION ALL SELECT %(me)s
), seen AS MATERIALIZED (
    SELECT card.subject_id AS id
    FROM matching_discoverycard card JOIN matching_discoverybatch batch ON batch.id = card.batch_id
    WHERE card.owner_id = %(me)s AND batch.server = %(server)s
), found AS (
    SELECT entry.*,
        entry.user_id IN (SELECT id FROM seen) AS seen,
        entry.x * %(x)s::float8 + entry.y * %(y)s::float8 + entry.z * %(z)s::float8 AS nearness
    FROM matching_discoveryentry entry
    WHERE entry.visible AND entry.has_room AND entry.servers @> ARRAY[%(server)s]::varchar[]
        AND entry.user_id NOT IN (SELECT id FROM apart)
        AND (%(public)s OR entry.user_id IN (SELECT id FROM connect_user WHERE is_staff))
        AND entry.birth_date <= %(latest)s AND entry.birth_date > %(earliest)s
        AND (cardinality(%(genders)s::varchar[]) = 0 OR entry.gender = ANY(%(genders)s::varchar[]))
        AND (cardinality(%(languages)s::varchar[]) = 0 OR entry.languages && %(languages)s::varchar[])
        AND (cardinality(%(hobbies)s::uuid[]) = 0 OR entry.hobbies && %(hobbies)s::uuid[])
        {narrowed}
), mutual AS (
    SELECT found.*
    FROM found LEFT JOIN matching_discoveryfilter theirs
        ON theirs.person_id = found.user_id AND theirs.server = %(server)s
    CROSS JOIN LATERAL (
        SELECT coalesce(theirs.genders, CASE WHEN %(server)s = 'partner' THEN found.genders ELSE '{{}}' END) AS genders
    ) wanted
    WHERE (%(reach)s::float8 IS NULL OR found.nearness >= %(reach)s::float8)
        AND %(age)s BETWEEN coalesce(theirs.min_age, found.min_age) AND coalesce(theirs.max_age, found.max_age)
        AND (cardinality(wanted.genders) = 0 OR %(gender)s = ANY(wanted.genders))
        AND (theirs.id IS NULL OR cardinality(theirs.languages) = 0 OR theirs.languages && %(spoken)s::varchar[])
        AND (coalesce(theirs.distance, '') = '' OR found.nearness >= CASE theirs.distance {reaches} END)
), ranked AS (
    SELECT user_id, flagged, seen, exposure,
        (SELECT count(*) FROM unnest(hobbies) AS hobby WHERE hobby = ANY(%(mine)s::uuid[])) AS shared,
        CASE {bands} ELSE {farther} END AS band
    FROM mutual
)
SELECT user_id, band FROM ranked
ORDER BY flagged, seen, shared DESC, band, exposure, random()
LIMIT %(most)s
