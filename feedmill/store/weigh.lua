-- Count the bytes of the pending pages anew: a raw page that has expired was never taken off them.
--
-- KEYS  1 pending pages   2 bytes of the pending pages
-- ARGV  1 what the names of raw pages begin with
-- Returns the bytes.
local bytes = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  bytes = bytes + redis.call('STRLEN', ARGV[1] .. id)
end
redis.call('SET', KEYS[2], bytes)
return bytes
