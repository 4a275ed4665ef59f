-- Look for what is known of an article before its commit, in one step. Nothing is written.
--
-- KEYS  1 index of names   2 content index
-- ARGV  1 the call, as JSON:
--           prefix   of `art:` keys and of the index of near-duplicates
--           id       that a new article would get
--           content  content hash
--           strong   names (digests) that surely are this article's   clues   names that may be
--           now      Unix seconds; window: seconds for which near-duplicates are remembered
--       2 the sketch of the text, or '' where near-duplicates are not looked for
-- Returns what it was found by (url, name, or '' if it was not), who had the text first or '', the near-duplicate or '',
-- the state of the index if there is none, then the JSON of all articles that it may be.
--
-- Put behind `near.lua`, which has the index of near-duplicates and the rule for them.
local call, sketch = cjson.decode(ARGV[1]), ARGV[2]

-- The articles that names lead to, each once, in their order.
local function led_to(names, last)
  local ids, seen = {}, {}
  local values = #names > 0 and redis.call('HMGET', KEYS[1], unpack(names)) or {}
  values[#values + 1] = last
  for _, id in ipairs(values) do
    if id and id:sub(1, 1) ~= '=' and not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
    end
  end
  return ids
end

local function stored(ids, most)
  local found = {}
  for _, id in ipairs(ids) do
    local json = redis.call('GET', call.prefix .. 'art:' .. id)
    if json then found[#found + 1] = json end
    if #found == most then break end
  end
  return found
end

local layer, known = 'url', stored(led_to(call.strong, call.id), 1)
if #known == 0 then layer, known = 'name', stored(led_to(call.clues), #call.clues) end
local original = sketch ~= '' and redis.call('HGET', KEYS[2], call.content) or ''
local near, state = '', ''
if sketch ~= '' and original == '' and not (layer == 'url' and known[1]) then
  local index = near_open(call.prefix, call.now, call.window)
  near = near_find(index, sketch, call.id) or ''
  if near == '' then state = near_state(index) end
end
return {layer, original, near, state, unpack(known)}
