-- One step of a sweep over the index of names: those that lead to an article that is not there go.
-- A commit writes an article's head and its names in one step, so a name without a head is a name of nothing.
--
-- KEYS  1 index of names   2 heads
-- ARGV  1 cursor   2 how many fields to look at, about
-- Returns the next cursor ('0' at the end), how many were looked at, how many went.
local AT_A_TIME = 500
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local fields, gone = found[2], 0

-- One call for many names: a call costs more than the look.
for first = 1, #fields, 2 * AT_A_TIME do
  local last, ids = math.min(first + 2 * AT_A_TIME - 2, #fields - 1), {}
  for i = first, last, 2 do ids[#ids + 1] = (fields[i + 1]:gsub('^=', '')) end
  local heads = redis.call('HMGET', KEYS[2], unpack(ids))
  for n = 1, #ids do
    if not heads[n] then gone = gone + redis.call('HDEL', KEYS[1], fields[first + 2 * n - 2]) end
  end
end
return {found[1], #fields / 2, gone}
