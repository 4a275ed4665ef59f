-- Put a page that was set aside on its way again: it is pending as if it had just been accepted, and its entry is gone.
-- The service enqueues it, as all pages that are pending and in no batch.
--
-- KEYS  1 stream of quarantined pages   2 pending pages   3 attempts   4 the raw page
--       5 bytes of the pending pages    6 statistics
-- ARGV  1 id of the entry   2 page id   3 now, Unix seconds   4 how long to keep the raw page, in seconds
--       5 the raw page, for when there is none any more, or ''
-- Returns `page`; `no-page` if its bytes are nowhere, and then nothing is done; `gone` if there is no such entry.
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return 'gone' end
local has_raw = redis.call('EXISTS', KEYS[4]) == 1
if not has_raw and ARGV[5] == '' then return 'no-page' end
-- First of all writes that a full server refuses: then nothing has been changed.
if not has_raw then redis.call('SET', KEYS[4], ARGV[5]) end
local is_new = redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[2]) == 1
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[4])
redis.call('HINCRBY', KEYS[6], 'quarantined', -1)
if is_new then
  redis.call('HDEL', KEYS[3], ARGV[2])
  redis.call('INCRBY', KEYS[5], redis.call('STRLEN', KEYS[4]))
end
return 'page'
