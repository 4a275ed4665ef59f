-- Remove an entry of the quarantine for good, and the bytes of its page, unless that is on its way again.
--
-- KEYS  1 stream of quarantined pages   2 pending pages   3 the raw page   4 statistics
-- ARGV  1 id of the entry   2 page id, or '' if there was no page
-- Returns 1, or 0 if there is no such entry: then nothing is done.
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[2] ~= '' and not redis.call('ZSCORE', KEYS[2], ARGV[2]) then redis.call('UNLINK', KEYS[3]) end
redis.call('HINCRBY', KEYS[4], 'quarantined', -1)
redis.call('HINCRBY', KEYS[4], 'dropped', 1)
return 1
