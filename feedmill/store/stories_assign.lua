-- Give an article its story, with all that this changes, in one step, or nothing at all.
-- Running it again changes nothing.
--
-- KEYS  1 the article's story   2 the trail   3 today's postings   4 the journal of counters of the present generation
-- ARGV  1 JSON: prefix of stories, `of` (prefix of articles' stories), story, seconds (life of it all),
--         counted (life of the journal in seconds), width (of an id), row (bytes of a posting at most),
--         shared (terms in common that make a story worth a look),
--         write [[id, version]], gone [[id, version, kept]], moved [[article, story]],
--         posts [[story, number of terms]], start (whether the article begins a story)
--       2 the entry for the journal   3 ids of the stories of today that were seen
--       4 the terms looked for   5... the stories to write; then the terms of the posts, 4 bytes each; then
--         the entries of the trail as JSON lists
-- Returns {'done' | 'known', story}, or {'stale'}: something has changed since it was read.
--
-- A version is the bytes 2 to 5 of a story's value, '' for a story that must not be there yet.
local call = cjson.decode(ARGV[1])
local slots, seen, looked = ARGV[2], ARGV[3], ARGV[4]
local TERM = 4

local known = redis.call('GET', KEYS[1])
if known then return {'known', known} end

local function is_as_read(id, version)
  local value = redis.call('GETRANGE', call.prefix .. id, 0, 4)
  if version == '' then return value == '' end
  return value:sub(1, 1) == ':' and value:sub(2) == version
end

for _, one in ipairs(call.write) do
  if not is_as_read(one[1], one[2]) then return {'stale'} end
end
for _, one in ipairs(call.gone) do
  if not is_as_read(one[1], one[2]) then return {'stale'} end
end

-- Another worker may have begun the same story a moment ago: a story of today that was not seen and
-- shares terms with the article has to be looked at first.
if call.start then
  local old, fresh = {}, {}
  for at = 1, #seen, call.width do old[seen:sub(at, at + call.width - 1)] = true end
  for at = 1, #looked, TERM do
    local row = redis.call('HGET', KEYS[3], looked:sub(at, at + TERM - 1)) or ''
    for from = 1, #row, call.width do
      local id = row:sub(from, from + call.width - 1)
      if not old[id] then
        fresh[id] = (fresh[id] or 0) + 1
        if fresh[id] >= call.shared then return {'stale'} end
      end
    end
  end
end

local next_arg = 5
for _, one in ipairs(call.write) do
  redis.call('SET', call.prefix .. one[1], ARGV[next_arg], 'EX', call.seconds)
  next_arg = next_arg + 1
end
for _, one in ipairs(call.gone) do
  redis.call('SET', call.prefix .. one[1], '=' .. one[3], 'EX', call.seconds)
end
redis.call('SET', KEYS[1], call.story, 'EX', call.seconds)
for _, one in ipairs(call.moved) do
  redis.call('SET', call.of .. one[1], one[2], 'EX', call.seconds)
end

for _, one in ipairs(call.posts) do
  local id, terms = one[1], ARGV[next_arg]
  next_arg = next_arg + 1
  for at = 1, #terms, TERM do
    local term = terms:sub(at, at + TERM - 1)
    local row = redis.call('HGET', KEYS[3], term) or ''
    if row:sub(-call.width) ~= id then
      redis.call('HSET', KEYS[3], term, (row .. id):sub(-call.row))
    end
  end
end
redis.call('EXPIRE', KEYS[3], call.seconds)

redis.call('RPUSH', KEYS[4], slots)
redis.call('EXPIRE', KEYS[4], call.counted)

for i = next_arg, #ARGV do
  redis.call('XADD', KEYS[2], '*', unpack(cjson.decode(ARGV[i])))
end
return {'done', call.story}
