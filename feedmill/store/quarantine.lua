-- Set one page aside: announce it with its reason and take it off the pending pages, in one step.
-- A page that is not pending any more has been finished by somebody else: then nothing happens.
--
-- KEYS  1 pending pages   2 attempts   3 stream of quarantined pages   4 statistics   5 the raw page
--       6 bytes of the pending pages
-- ARGV  1 page id   2 how long to keep the raw page, in seconds   then name, value, ... of the entry
-- Returns the stream entry's id, or '' if the page was not pending.
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return '' end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('DECRBY', KEYS[6], redis.call('STRLEN', KEYS[5]))
redis.call('EXPIRE', KEYS[5], ARGV[2])
redis.call('HINCRBY', KEYS[4], 'quarantined', 1)
return redis.call('XADD', KEYS[3], '*', unpack(ARGV, 3))
