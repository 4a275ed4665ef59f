-- Accept one page: its bytes, its place among the pending pages, and the mark of its version, in one atomic step.
-- Either all of it is written, or a bound stands in the way and nothing is. Running it again with the same
-- arguments changes nothing.
--
-- KEYS  1 the raw page        2 pending pages   3 bytes of the pending pages   4 pages to be had later
--       5 this page, if it is one of them       6 what was seen of the source  7 validators of the address
-- ARGV  1 page id   2 the raw page   3 how long it is kept, in seconds   4 now, Unix seconds
--       5 most pending pages, 0 for any number   6 most bytes of them, 0 for any number
--       7 digest of the item's key, '' for none  8 fingerprint of its version
--       9 validators, '' for none               10 how long they are kept, in seconds
-- Returns '' when the page is accepted, else the bound that stands in the way: pages, bytes.
local raw, pending, waiting_bytes = KEYS[1], KEYS[2], KEYS[3]
local id, body = ARGV[1], ARGV[2]
local most_pages, most_bytes = tonumber(ARGV[5]), tonumber(ARGV[6])

local is_pending = redis.call('ZSCORE', pending, id)
if not is_pending then
  local pages = redis.call('ZCARD', pending)
  if most_pages > 0 and pages >= most_pages then return 'pages' end
  -- One page alone may be larger than the bound: it would never be taken otherwise.
  local bytes = tonumber(redis.call('GET', waiting_bytes) or 0)
  if most_bytes > 0 and pages > 0 and bytes + #body > most_bytes then return 'bytes' end
end

-- What a page that is not pending has left behind (in quarantine, say) is not among the bytes that wait.
local counted = is_pending and redis.call('STRLEN', raw) or 0
-- First of all a write that a full server refuses: then nothing has been changed.
redis.call('SET', raw, body, 'EX', ARGV[3])
redis.call('INCRBY', waiting_bytes, #body - counted)
redis.call('ZADD', pending, 'NX', ARGV[4], id)
if ARGV[7] ~= '' then redis.call('HSET', KEYS[6], ARGV[7], ARGV[8]) end
if ARGV[9] ~= '' then redis.call('SET', KEYS[7], ARGV[9], 'EX', ARGV[10]) end
redis.call('ZREM', KEYS[4], id)
redis.call('DEL', KEYS[5])
return ''
