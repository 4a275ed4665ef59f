-- One step of a sweep over what a source's items were seen as: items that it has not listed for long are forgotten.
-- A value ends with `@` and the day (since 1970) on which the source listed the item last, give or take; one without
-- a day is from before there were days, and counts as listed today.
--
-- KEYS  1 what was seen of the source
-- ARGV  1 cursor   2 how many fields to look at, about   3 today   4 the last day that is too long ago
-- Returns the next cursor ('0' at the end), how many were looked at, how many went.
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local fields, gone = found[2], 0
for i = 1, #fields, 2 do
  local day = tonumber(fields[i + 1]:match('@(%d+)$'))
  if not day then
    redis.call('HSET', KEYS[1], fields[i], fields[i + 1] .. '@' .. ARGV[3])
  elseif day <= tonumber(ARGV[4]) then
    redis.call('HDEL', KEYS[1], fields[i])
    gone = gone + 1
  end
end
return {found[1], #fields / 2, gone}
