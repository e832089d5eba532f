-- Faces that one face may be compared with, the nearest first. `apart` are those whom something keeps from its person.
-- The fence makes whether a face may be found a question asked of one face after the other, as the index gives them;
-- without it the planner joins them all, and sorts by a distance no index knows.
WITH apart AS MATERIALIZED (
    SELECT blocked_id AS id FROM safety_block WHERE blocker_id = %(me)s AND blocked_id IS NOT NULL
    UNION ALL SELECT blocker_id FROM safety_block WHERE blocked_id = %(me)s
    UNION ALL SELECT user_high_id FROM matching_connection WHERE user_low_id = %(me)s
    UNION ALL SELECT user_low_id FROM matching_connection WHERE user_high_id = %(me)s
    UNION ALL SELECT user_b_id FROM matching_match WHERE user_a_id = %(me)s AND status <> ALL(%(over)s)
    UNION ALL SELECT user_a_id FROM matching_match WHERE user_b_id = %(me)s AND status <> ALL(%(over)s)
    UNION ALL SELECT %(me)s
), found AS MATERIALIZED (
    SELECT face.id, face.user_id, {distance} AS distance
    FROM faces_face face
    WHERE face.embedding IS NOT NULL AND face.verdict = 'verified' AND face.analyzer = %(analyzer)s
        AND face.user_id NOT IN (SELECT id FROM apart)
        {narrowed}
        AND EXISTS (
            SELECT 1
            FROM connect_user person
            JOIN connect_consent analysis ON analysis.user_id = person.id
                AND analysis.purpose = 'face_analysis' AND analysis.revoked_at IS NULL
            JOIN connect_consent matching ON matching.user_id = person.id
                AND matching.purpose = 'face_matching' AND matching.revoked_at IS NULL
            LEFT JOIN connect_profile profile ON profile.user_id = person.id
            LEFT JOIN connect_connectprofile wishes ON wishes.user_id = person.id
            WHERE person.id = face.user_id AND person.status = 'active'
                AND (person.suspended_until IS NULL OR person.suspended_until <= %(now)s)
                AND (%(public)s OR person.is_staff)
                AND (%(region)s::text[] IS NULL OR profile.cell BETWEEN (%(region)s::text[])[1] AND (%(region)s::text[])[2])
                AND (
                    NOT %(member)s OR wishes.id IS NULL
                    OR (cardinality(%(genders)s::varchar[]) = 0 OR profile.gender = ANY(%(genders)s::varchar[]))
                    AND (cardinality(wishes.preferred_genders) = 0 OR %(gender)s = ANY(wishes.preferred_genders))
                    AND profile.birth_date <= %(latest)s AND profile.birth_date > %(earliest)s
                    AND %(age)s BETWEEN wishes.min_age AND wishes.max_age
                )
            {fence}
        )
    ORDER BY {distance}
    LIMIT %(most)s
)
SELECT found.id, found.user_id, 1 - found.distance AS cosine, face.quality_score, face.geometry_ratios, face.age,
    face.symmetry_score, face.skin_tone_lab, face.emotion_scores, face.expression
FROM found JOIN faces_face face ON face.id = found.id
ORDER BY found.distance, found.id
