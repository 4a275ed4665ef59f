-- Commit one article: verdict, write, indexes, announcement and book-keeping in one atomic step.
-- Running it again with the same arguments changes nothing.
--
-- KEYS  1 url index        2 content index   3 heads            4 stream of articles
--       5 statistics       6 pending pages   7 attempts         8 the raw page
-- ARGV  1 prefix of `art:` and `copies:` keys     2 page id     3 id for a new article
--       4 content hash      5 '1' if articles of the same content hash are copies
--       6 time of the fetch, Unix ms     7 the article's JSON from the member after `status` on
--       8 source id   9 URL   10 '1' to announce the whole article
--       11 number n of URL keys, then the n URL keys, then name, value, ... of the announcement
-- Returns verdict (new, update, duplicate, unchanged), article id, revision, stream entry id or ''.
--
-- An index entry `=ID` means: this address holds an exact copy of article ID. It is no name of that
-- article, so an edit of the copy becomes an article of its own and does not overwrite the first.
-- The keys of articles are made here, because which article is meant is only known here; on a
-- cluster a prefix with a {hash tag} keeps them in one slot.
local urls, contents, heads, stream, stats = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local pending, attempts, raw = KEYS[6], KEYS[7], KEYS[8]
local prefix, page, new_id, content = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local comparable, fetched, document = ARGV[5] == '1', tonumber(ARGV[6]), ARGV[7]
local source, url, whole, url_count = ARGV[8], ARGV[9], ARGV[10] == '1', tonumber(ARGV[11])
local first_url, first_field = 12, 12 + url_count

local function name_urls(value)
  for i = first_url, first_field - 1 do
    local known = redis.call('HGET', urls, ARGV[i])
    if not known or (known:sub(1, 1) == '=' and known ~= value) then
      redis.call('HSET', urls, ARGV[i], value)
    end
  end
end

local function find_by_url()
  for i = first_url, first_field - 1 do
    local known = redis.call('HGET', urls, ARGV[i])
    if known and known:sub(1, 1) ~= '=' then return known end
  end
  -- The index may have been trimmed, or one of the addresses was a copy that has been edited.
  if redis.call('HEXISTS', heads, new_id) == 1 then return new_id end
  return nil
end

local function write(id, rev, status, op)
  local json = '{"schema":"article/1","id":"' .. id .. '","rev":' .. rev
    .. ',"status":"' .. status .. '",' .. document
  redis.call('SET', prefix .. 'art:' .. id, json)
  redis.call('HSET', heads, id, rev .. ':' .. ARGV[6] .. ':' .. content)
  if comparable then redis.call('HSETNX', contents, content, id) end
  name_urls(id)
  local entry = {'schema', 'article/1', 'op', op, 'id', id, 'rev', rev}
  for i = first_field, #ARGV do entry[#entry + 1] = ARGV[i] end
  if whole then
    entry[#entry + 1] = 'json'
    entry[#entry + 1] = json
  end
  return redis.call('XADD', stream, '*', unpack(entry))
end

local function commit()
  local id = find_by_url()
  if id then
    local rev, stored_at, stored = redis.call('HGET', heads, id):match('^(%d+):(%d+):(.*)$')
    rev = tonumber(rev)
    if stored == content or fetched <= tonumber(stored_at) then
      name_urls(id)
      return {'unchanged', id, rev, ''}
    end
    -- The text before is stored no more: whoever has it is no copy of this article.
    if redis.call('HGET', contents, stored) == id then redis.call('HDEL', contents, stored) end
    return {'update', id, rev + 1, write(id, rev + 1, 'updated', 'update')}
  end
  local original = comparable and redis.call('HGET', contents, content)
  if original then
    name_urls('=' .. original)
    local is_news = redis.call('HSETNX', prefix .. 'copies:' .. original, url, source)
    return {is_news == 1 and 'duplicate' or 'unchanged', original, 0, ''}
  end
  return {'new', new_id, 1, write(new_id, 1, 'usable', 'new')}
end

local result = commit()
redis.call('HDEL', attempts, page)
redis.call('UNLINK', raw)
if redis.call('ZREM', pending, page) == 1 then
  redis.call('HINCRBY', stats, result[1], 1)
end
return result
