-- Commit one article: verdict, write, indexes, announcement and book-keeping in one atomic step.
-- Running it again with the same arguments changes nothing.
--
-- KEYS  1 index of names   2 content index   3 heads            4 stream of articles
--       5 statistics       6 pending pages   7 attempts         8 the raw page
--       9 bytes of the pending pages
-- ARGV  1 the call, as JSON:
--           prefix   of `art:`, `copies:`, `revisions:` and `trail:` keys
--           page     page id
--           id       for a new article
--           content  content hash; comparable: whether articles of the same content hash are copies
--           fetched  time of the fetch, Unix ms          at     now, RFC 3339, for the trail
--           source   source id                           url    where this article is
--           whole    whether the announcement carries the whole article
--           strong   names (digests) that surely are this article's: any of them known means it is known
--           weak     names that may be: from now on they lead here
--           known    the article that the caller has found and compared this one with, '' for none;
--           rev      its revision then; layer: what it was found by; `replay` if this is the same page, extracted anew
--           change   what the comparison gave: same, trivial, changed
--           dedup    what deduplication said of the known article, JSON members
--           unlike   what the index of near-duplicates was when nothing like the article was found, '' if something was
--           now      Unix seconds; window: seconds for which near-duplicates are remembered
--       2, 3 the article's JSON from the member after `status` to the content hash, and from the end of `dedup` on
--       4 the JSON of what is known already, compressed, to be kept as an earlier revision, or ''
--       5 the sketch of the text (`workers.dedup.sketch`), or '' where near-duplicates are not looked for
--       6 ... name, value, ... of the announcement
-- Returns verdict (new, update, duplicate, unchanged, or again), article id, revision, stream entry id or ''.
--
-- Put behind `near.lua`, which has the index of near-duplicates and the rule for them.
--
-- `again` means that somebody was faster: nothing is done, and the caller has to look anew.
--
-- An index entry `=ID` means: this address holds an exact copy of article ID. It is no name of that
-- article, so an edit of the copy becomes an article of its own and does not overwrite the first.
-- The keys of articles are made here, because which article is meant is only known here; on a
-- cluster a prefix with a {hash tag} keeps them in one slot.
local names, contents, heads, stream, stats = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local pending, attempts, raw, waiting_bytes = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local call = cjson.decode(ARGV[1])
local document, rest, earlier, sketch, first_field = ARGV[2], ARGV[3], ARGV[4], ARGV[5], 6
local MOST_REVISIONS, MOST_TRAIL, MOST_COPIES, MOST_FORGOTTEN = 20, 50, 1000, 8
local CLOCK_TOLERANCE = 60000  -- ms that the clocks of hosts may differ

local function is_article(value) return value and value:sub(1, 1) ~= '=' end

local function name_all(value)
  for _, name in ipairs(call.strong) do
    local known = redis.call('HGET', names, name)
    if known ~= value and not is_article(known) then redis.call('HSET', names, name, value) end
  end
  for _, name in ipairs(call.weak) do
    -- What may be an article's name is that of the article that had it last: some feeds use identifiers again.
    if is_article(value) or not is_article(redis.call('HGET', names, name)) then
      redis.call('HSET', names, name, value)
    end
  end
end

local function is_stored(id)
  return redis.call('HEXISTS', heads, id) == 1 and redis.call('EXISTS', call.prefix .. 'art:' .. id) == 1
end

local function find_by_name()
  for _, name in ipairs(call.strong) do
    local known = redis.call('HGET', names, name)
    if is_article(known) and is_stored(known) then return known end
  end
  -- The index may have been trimmed, or one of the addresses was a copy that has been edited.
  if is_stored(call.id) then return call.id end
  -- The caller has compared the texts: a name that may be the article's is.
  if call.known ~= '' and is_stored(call.known) then return call.known end
  return nil
end

local function announce(entry)
  for i = first_field, #ARGV do entry[#entry + 1] = ARGV[i] end
  return entry
end

local function tell(id, verdict, more)
  more.at, more.verdict, more.source_id, more.url = call.at, verdict, call.source, call.url
  local trail = call.prefix .. 'trail:' .. id
  redis.call('LPUSH', trail, cjson.encode(more))
  redis.call('LTRIM', trail, 0, MOST_TRAIL - 1)
end

local function write(id, rev, status, op, dedup)
  local json = '{"schema":"article/1","id":"' .. id .. '","rev":' .. rev
    .. ',"status":"' .. status .. '",' .. document .. dedup.json .. rest
  redis.call('SET', call.prefix .. 'art:' .. id, json)
  redis.call('HSET', heads, id, rev .. ':' .. call.fetched .. ':' .. call.content)
  if call.comparable then redis.call('HSETNX', contents, call.content, id) end
  name_all(id)
  local entry = announce({'schema', 'article/1', 'op', op, 'id', id, 'rev', rev})
  for _, part in ipairs(dedup.fields) do entry[#entry + 1] = part end
  if call.whole then
    entry[#entry + 1] = 'json'
    entry[#entry + 1] = json
  end
  return redis.call('XADD', stream, '*', unpack(entry))
end

local ALONE = {json = '"kind":"none"', fields = {}}

-- What the text is a near-duplicate of. If it is like none, the next ones are looked for among its like.
local function near_verdict(id)
  if sketch == '' then return ALONE end
  local index = near_open(call.prefix, call.now, call.window)
  local original, contained, evidence
  if call.unlike == '' or call.unlike ~= near_state(index) then
    original, contained, evidence = near_find(index, sketch, id)
  end
  for _ = 1, MOST_FORGOTTEN do
    -- An article that was removed is found no more.
    if not original or original == id or is_stored(original) then break end
    near_forget(index, sketch, original)
    original, contained, evidence = near_find(index, sketch, id)
  end
  if original and original ~= id and is_stored(original) then
    local seen = cjson.decode(evidence)
    local score = string.format('%.3f', contained)
    tell(id, 'new', {layer = 'near', of = original, score = contained, evidence = seen})
    tell(original, 'near', {layer = 'near', id = id, score = contained, relation = seen.relation})
    return {
      json = '"kind":"near","dup_of":"' .. original .. '","score":' .. score .. ',"relation":"' .. seen.relation .. '"',
      fields = {'dup_of', original, 'score', score, 'relation', seen.relation},
    }
  end
  if not original then near_insert(index, sketch, id) end
  return ALONE
end

local function keep_earlier(id, rev)
  local key = call.prefix .. 'revisions:' .. id
  redis.call('HSET', key, rev, earlier)
  redis.call('HDEL', key, rev - MOST_REVISIONS)
end

local function revise(id)
  local rev, stored_at, stored = redis.call('HGET', heads, id):match('^(%d+):(%d+):(.*)$')
  if call.known ~= id or tonumber(call.rev) ~= tonumber(rev) then return {'again', id, 0, ''} end
  rev = tonumber(rev)
  local later = tonumber(call.fetched) - tonumber(stored_at)
  -- What is stored was fetched in the future: the clock has been set back since, and tells nothing of the order.
  if tonumber(stored_at) > call.now * 1000 + CLOCK_TOLERANCE then later = 1 end
  if call.change ~= 'changed' or later < 0 or (later == 0 and call.layer ~= 'replay') then
    name_all(id)
    if call.change == 'trivial' then tell(id, 'unchanged', {layer = call.layer, change = 'trivial'}) end
    return {'unchanged', id, rev, ''}
  end
  -- The text before is that of the article no more: whoever has it is no copy of it.
  if stored ~= call.content and redis.call('HGET', contents, stored) == id then
    redis.call('HDEL', contents, stored)
  end
  keep_earlier(id, rev)
  tell(id, 'update', {layer = call.layer, rev = rev + 1})
  if call.dedup == ALONE.json and sketch ~= '' then
    local index = near_open(call.prefix, call.now, call.window)
    if not near_find(index, sketch, id) then near_insert(index, sketch, id) end
  end
  return {'update', id, rev + 1, write(id, rev + 1, 'updated', 'update', {json = call.dedup, fields = {}})}
end

local function link_copy(original)
  local copies = call.prefix .. 'copies:' .. original
  -- Whose copies are too many to be listed is boilerplate; that an address is one is still known by its names.
  local is_known = call.strong[1] and redis.call('HGET', names, call.strong[1]) == '=' .. original
  name_all('=' .. original)
  if redis.call('HEXISTS', copies, call.url) == 1 or (is_known and redis.call('HLEN', copies) >= MOST_COPIES) then
    return {'unchanged', original, 0, ''}
  end
  if redis.call('HLEN', copies) < MOST_COPIES then redis.call('HSET', copies, call.url, call.source) end
  tell(original, 'duplicate', {layer = 'text'})
  local rev = redis.call('HGET', heads, original):match('^(%d+):')
  local entry = announce({'schema', 'article/1', 'op', 'duplicate', 'id', original, 'rev', rev})
  return {'duplicate', original, 0, redis.call('XADD', stream, '*', unpack(entry))}
end

local function commit()
  local id = find_by_name()
  if id then return revise(id) end
  local original = call.comparable and redis.call('HGET', contents, call.content)
  if original and is_stored(original) then return link_copy(original) end
  return {'new', call.id, 1, write(call.id, 1, 'usable', 'new', near_verdict(call.id))}
end

local result = commit()
if result[1] == 'again' then return result end
redis.call('HDEL', attempts, call.page)
if redis.call('ZREM', pending, call.page) == 1 then
  redis.call('HINCRBY', stats, result[1], 1)
  redis.call('DECRBY', waiting_bytes, redis.call('STRLEN', raw))
end
redis.call('UNLINK', raw)
return result
