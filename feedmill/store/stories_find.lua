-- The story of an article if it has one; else the stories that share most of its rarest terms.
--
-- KEYS  1 the article's story   2... hashes of one day each, today's first: term -> ids of stories, one behind the other
-- ARGV  1 prefix of stories   2 length of an id   3 stories wanted at most   4... terms
-- Returns the id of the article's story or '', all ids found today, one behind the other, then id, value, id,
-- value, ... of the other stories.
local prefix, width, wanted = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

-- The id of what a story is part of by now, and the value of that, if there is one.
local function follow(id)
  local value
  for _ = 1, 8 do
    value = redis.call('GET', prefix .. id)
    if not value or value:sub(1, 1) ~= '=' then break end
    id = value:sub(2)
  end
  return id, value
end

local own = redis.call('GET', KEYS[1])
if own then
  own = follow(own)
  return {own, ''}
end
local terms = {}
for i = 4, #ARGV do terms[#terms + 1] = ARGV[i] end
if #terms == 0 then return {'', ''} end

local shared, order, today = {}, {}, {}
local last = {} -- the term that an id was counted for last
for day = 1, #KEYS - 1 do
  local rows = redis.call('HMGET', KEYS[day + 1], unpack(terms))
  for i, row in ipairs(rows) do
    if row then
      for at = #row - width + 1, 1, -width do -- the newest first
        local id = row:sub(at, at + width - 1)
        if not shared[id] then
          shared[id], last[id] = 0, {}
          order[#order + 1] = id
          if day == 1 then today[#today + 1] = id end
        end
        if not last[id][i] then
          last[id][i] = true
          shared[id] = shared[id] + 1
        end
      end
    end
  end
end

local place = {}
for i, id in ipairs(order) do place[id] = i end
table.sort(order, function(a, b)
  if shared[a] ~= shared[b] then return shared[a] > shared[b] end
  return place[a] < place[b]
end)

local result, seen = {'', table.concat(today)}, {}
for i = 1, math.min(#order, 3 * wanted) do
  local id, value = follow(order[i])
  if value and value:sub(1, 1) == ':' and not seen[id] then
    seen[id] = true
    result[#result + 1] = id
    result[#result + 1] = value
    if #result > 2 * wanted + 1 then break end
  end
end
return result
