-- Have the service ask again for what could not be had: it is put among the deferred pages, due now
-- (`feedmill.store.deferred`), and its entry is gone.
--
-- KEYS  1 stream of quarantined pages   2 deferred pages   3 the deferred page   4 statistics
-- ARGV  1 id of the entry   2 page id   3 now, Unix seconds   4 how long to keep it, in seconds   5 the page, encoded
-- Returns 1, or 0 if there is no such entry: then nothing is done.
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return 0 end
-- First of all a write that a full server refuses: then nothing has been changed.
redis.call('HSET', KEYS[3], 'page', ARGV[5], 'tries', 0, 'has_standin', 0)
redis.call('EXPIRE', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('HINCRBY', KEYS[4], 'quarantined', -1)
return 1
