-- Take or renew the lease of the one service that works. Works on a full server too (see put_anyway.lua).
--
-- KEYS  1 the lease
-- ARGV  1 the holder, as JSON   2 life of the lease in seconds
--       3 the lease of a holder that is known to be dead, to be taken over; '' for none
--       4 '1' if a lease that nobody holds is to be taken
-- Returns what the lease is now: ARGV[1] when it is ours, '' when nobody holds it.
local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return held
end
if held and held ~= ARGV[3] then return held end
if not held and ARGV[4] ~= '1' then return '' end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return ARGV[1]
