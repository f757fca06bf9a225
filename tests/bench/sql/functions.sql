-- Chance that is the same on every machine: a hash of the event's number and of what is being decided.

CREATE FUNCTION pg_temp.draw(n bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(n, salt) & 9007199254740991)::double precision / 9007199254740992;

-- 1 to `size`; k is about k times as rare as 1.
CREATE FUNCTION pg_temp.zipf(n bigint, salt bigint, size int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN least(size, floor(power(size + 1::double precision, pg_temp.draw(n, salt)))::int);

CREATE FUNCTION pg_temp.country(rank int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN chr(65 + (rank - 1) / 26) || chr(65 + mod(rank - 1, 26));

CREATE FUNCTION pg_temp.role(n bigint, salt bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (ARRAY['participant', 'participant', 'participant', 'host', 'visitor', 'signatory', 'speaker', 'imposer'])
    [1 + floor(8 * pg_temp.draw(n, salt))::int];
