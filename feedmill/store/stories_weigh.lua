-- What is learnt of an article's terms, and the story of the article if it has one.
--
-- KEYS  1 the article's story   2... tables of counters, 32 bits each
-- ARGV  1 prefix of stories   2 numbers of counters, 32 bits each, little-endian
-- Returns the story's id or '', then the sum of the tables for each counter.
local CHUNK = 1000 -- counters asked for at once; three arguments each, and Lua's stack holds 8000

local function follow(id)
  for _ = 1, 8 do
    local value = redis.call('GETRANGE', ARGV[1] .. id, 0, 63)
    if value:sub(1, 1) ~= '=' then return id end
    id = value:sub(2)
  end
  return id
end

local result = {redis.call('GET', KEYS[1]) or ''}
if result[1] ~= '' then
  result[1] = follow(result[1])
  return result
end
local slots = ARGV[2]
local count = #slots / 4
for first = 1, count, CHUNK do
  local ask = {}
  for i = first, math.min(first + CHUNK - 1, count) do
    ask[#ask + 1] = 'GET'
    ask[#ask + 1] = 'u32'
    ask[#ask + 1] = '#' .. struct.unpack('<I4', slots, i * 4 - 3)
  end
  for t = 2, #KEYS do
    for i, value in ipairs(redis.call('BITFIELD_RO', KEYS[t], unpack(ask))) do
      result[first + i] = (result[first + i] or 0) + value
    end
  end
end
return result
