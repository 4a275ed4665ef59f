-- Near-duplicates: an index of sketches and the rule that says when two texts are the same article.
-- Local functions to be put in front of a script, so that look-up and insertion are one atomic step:
--   near_open(prefix, now, window) -> index    now and window in seconds; all keys begin with prefix;
--                                              a window that the index itself names goes first
--   near_find(index, packed, id) -> article id, containment, evidence as JSON; or nil
--   near_state(index) -> text                  the same as long as no document has been added
--   near_insert(index, packed, id)
--   near_forget(index, packed, id)             the article is matched no more
-- `packed` is `Sketch.pack()` of workers/dedup/sketch.py, `id` an article id (16 characters a-z2-7).
--
-- Segments. The index is a row of segments. A segment begins when the one before is as old as a quarter
-- of the window or full, and goes as a whole when its last document is a window old: its keys expire.
-- How many documents it is made for follows from what the one before got; if that was too little, a
-- segment of three times the size is put behind it. So the buckets below stay small whatever the traffic.
--   {prefix}near                    hash: segment -> begin end capacity count; `next` -> number; `window` -> seconds
--   {prefix}near:{segment}:{bucket} hash: 2 bytes of a shingle hash -> documents, 3 bytes each
--   {prefix}near:{segment}:r{chunk} string: 64 records of 254 bytes, one per document
-- A document is posted under its 16 smallest hashes, in buckets of about 64 fields: below 128 fields
-- and 64 bytes a value, Redis and Valkey keep a hash in the compact form by default.
--
-- Record: 10 bytes of the article id, then `Sketch.record()`: 2 bytes number of shingles, 1 of numbers,
-- 1 of names, 40 entries of 3 bytes of shingle hash and 1 that stands for the words after it, 20 number
-- hashes, 12 name hashes and 8 hashes of the lead of 2 bytes each; big-endian, all but the last ascend.
-- A packed sketch is such a record without the id; 28 places of 3 bytes for the bucket and 2 for the
-- field; the number of opening hashes (1 byte) and 80 of those, 3 bytes each; then the marks.
local NEAR_HASHES, NEAR_OPENING = 40, 80
local NEAR_NUMBER_SAMPLE, NEAR_NAME_SAMPLE, NEAR_LEAD_SIZE = 20, 12, 8
local NEAR_ID, NEAR_RECORD = 10, 244
local NEAR_SIZE, NEAR_CHUNK = NEAR_ID + NEAR_RECORD, 64
local NEAR_POSTED = 16             -- hashes that a document is found by
local NEAR_LOOKED = 28             -- hashes that are looked up: more, as what is found may be shorter
local NEAR_CAP = 16                -- documents with a hash, from which on it is a phrase and tells nothing
local NEAR_BUCKET = 64             -- fields of a bucket on average
local NEAR_CANDIDATES = 8          -- documents that are compared in full
local NEAR_SEGMENTS = 16           -- that are looked at, newest first
local NEAR_CAPACITY, NEAR_CAPACITY_MAX = 4096, 16777216

-- The rule. The numbers are flat optima: `python -m bench dedup` changes little around them.
local NEAR_SHARED, NEAR_SHARED_EXCERPT = 5, 2  -- hashes in common, at least
local NEAR_CONTAINED = 0.35        -- share of either text that is in the other, at least
local NEAR_EXCERPT = 0.8           -- the same for an excerpt too short to share five hashes
local NEAR_LEAD_SAME = 0.75        -- ... whose lead has to be that of the other
local NEAR_NUMBERS, NEAR_NUMBERS_AGREE = 4, 0.6  -- numbers to judge by; in common per containment
local NEAR_FACTS, NEAR_FACTS_AGREE = 6, 0.7      -- the same for numbers and names together
local NEAR_UPDATE_RUNS = 0.88      -- long passages in common where numbers may differ
local NEAR_UPDATE_NAMED, NEAR_UPDATE_NAMES, NEAR_UPDATE_AGREE = 0.9, 5, 0.85  -- with names to judge by
local NEAR_UPDATE = 0.98           -- containment without
local NEAR_LEAD_OLD, NEAR_LEAD_NEW = 0.4, 0.3  -- share of a lead in the other text, one of them at least
local NEAR_LEAD_SAMPLE = 3         -- hashes of an opening that are enough to judge by
local NEAR_SHORT = 30              -- shingles, below which the leads have to have one in common

local function near_unsigned(text, first, width)
  local value = 0
  for i = first, first + width - 1 do value = value * 256 + text:byte(i) end
  return value
end

local near_letters = 'abcdefghijklmnopqrstuvwxyz234567'

-- Five bytes are eight letters; a double holds 40 bits exactly.
local function near_raw(id)
  local bytes = {}
  for half = 0, 1 do
    local value = 0
    for i = 1, 8 do
      value = value * 32 + near_letters:find(id:sub(half * 8 + i, half * 8 + i), 1, true) - 1
    end
    for i = 5, 1, -1 do
      bytes[half * 5 + i] = string.char(value % 256)
      value = math.floor(value / 256)
    end
  end
  return table.concat(bytes)
end

local function near_name(raw)
  local letters = {}
  for half = 0, 1 do
    local value = near_unsigned(raw, half * 5 + 1, 5)
    for i = 8, 1, -1 do
      local digit = value % 32
      letters[half * 8 + i] = near_letters:sub(digit + 1, digit + 1)
      value = math.floor(value / 32)
    end
  end
  return table.concat(letters)
end

local near_forgotten = string.rep('\0', NEAR_ID)

----------------------------------------------------------------------------------------- segments

local function near_buckets(segment)
  return math.ceil(segment.capacity * NEAR_POSTED / NEAR_BUCKET)
end

local function near_open(prefix, now, window)
  local index = {key = prefix .. 'near', now = now, window = window, segments = {}, next = 1, dead = {}}
  local fields = redis.call('HGETALL', index.key)
  for i = 1, #fields, 2 do
    if fields[i] == 'next' then
      index.next = tonumber(fields[i + 1])
    elseif fields[i] == 'window' then
      index.window = tonumber(fields[i + 1])
    else
      local first, last, capacity, count = fields[i + 1]:match('^(%S+) (%S+) (%S+) (%S+)$')
      local segment = {number = tonumber(fields[i]), first = tonumber(first), last = tonumber(last),
                       capacity = tonumber(capacity), count = tonumber(count)}
      segment.path = index.key .. ':' .. fields[i] .. ':'
      segment.buckets = near_buckets(segment)
      local list = now < segment.last and index.segments or index.dead
      list[#list + 1] = segment
    end
  end
  index.period = index.window / 4
  table.sort(index.segments, function(a, b) return a.number > b.number end)
  return index
end

-- Whoever found nothing in an index finds nothing in it until another document is added.
local function near_state(index)
  local newest = index.segments[1]
  return newest and string.format('%d %d', newest.number, newest.count) or ''
end

local function near_save(index, segment)
  redis.call('HSET', index.key, segment.number, string.format('%d %d %d %d',
    segment.first, segment.last, segment.capacity, segment.count))
end

-- Three times what turned out to be too few; else what the last one got in its time, and a quarter more.
local function near_capacity(newest)
  if not newest then return NEAR_CAPACITY end
  local full = newest.count >= newest.capacity
  local wanted = full and newest.capacity * 3 or math.ceil(newest.count * 1.25)
  return math.min(math.max(wanted, NEAR_CAPACITY), NEAR_CAPACITY_MAX)
end

-- The segment to write to; a new one if need be. Segments of the past are struck off then.
local function near_current(index)
  local newest = index.segments[1]
  if newest and newest.count < newest.capacity and index.now < newest.first + index.period then
    return newest
  end
  for _, segment in ipairs(index.dead) do redis.call('HDEL', index.key, segment.number) end
  local first = newest and math.max(index.now, newest.first) or index.now
  local segment = {number = index.next, first = math.floor(first), capacity = near_capacity(newest),
                   count = 0, path = index.key .. ':' .. string.format('%d', index.next) .. ':'}
  segment.last = math.ceil(first + index.period + index.window)
  segment.buckets = near_buckets(segment)
  index.next = index.next + 1
  redis.call('HSET', index.key, 'next', index.next)
  table.insert(index.segments, 1, segment)
  return segment
end

-- Where the i-th hash of a packed sketch is looked for: a number for the bucket, and the field.
local function near_address(packed, i)
  local at = NEAR_RECORD + 5 * i - 4
  return near_unsigned(packed, at, 3), packed:sub(at + 3, at + 4)
end

local function near_bucket(segment, number)
  return segment.path .. number % segment.buckets
end

local function near_place(serial)
  return 'r' .. string.format('%d', math.floor(serial / NEAR_CHUNK)), serial % NEAR_CHUNK * NEAR_SIZE
end

------------------------------------------------------------------------------------------ reading

local function near_list(text, first, count, width)
  local values, at = {}, first
  for i = 1, count do
    values[i] = near_unsigned(text, at, width)
    at = at + width
  end
  return values
end

-- `at`: where the sketch begins in the text, 0 or the length of an id.
local function near_read(text, at)
  local sketch = {size = near_unsigned(text, at + 1, 2), hashes = {}, runs = {}}
  local numbers, names = text:byte(at + 3, at + 4)
  local bytes = {text:byte(at + 5, at + 4 + 4 * math.min(sketch.size, NEAR_HASHES))}
  for i = 1, #bytes / 4 do
    local b = 4 * i - 3
    local hash = bytes[b] * 65536 + bytes[b + 1] * 256 + bytes[b + 2]
    sketch.hashes[i] = hash
    sketch.runs[hash] = bytes[b + 3]
  end
  at = at + 5 + 4 * NEAR_HASHES
  sketch.numbers = near_list(text, at, math.min(numbers, NEAR_NUMBER_SAMPLE), 2)
  at = at + 2 * NEAR_NUMBER_SAMPLE
  sketch.names = near_list(text, at, math.min(names, NEAR_NAME_SAMPLE), 2)
  at = at + 2 * NEAR_NAME_SAMPLE
  sketch.lead = near_list(text, at, math.min(sketch.size, NEAR_LEAD_SIZE), 2)
  sketch.all_hashes, sketch.all_numbers = sketch.size <= NEAR_HASHES, numbers <= NEAR_NUMBER_SAMPLE
  sketch.all_names = names <= NEAR_NAME_SAMPLE
  return sketch
end

-- Up to which hash both samples are complete.
local function near_limit(a, all_a, b, all_b)
  return math.min(all_a and math.huge or a[#a], all_b and math.huge or b[#b])
end

-- How many of two ascending samples are the same up to where both are complete; how many there are.
local function near_common(a, all_a, b, all_b)
  if #a == 0 or #b == 0 then return 0, #a, #b end
  local limit = near_limit(a, all_a, b, all_b)
  local known, same, in_a, in_b = {}, 0, 0, 0
  for _, value in ipairs(a) do
    if value <= limit then known[value], in_a = true, in_a + 1 end
  end
  for _, value in ipairs(b) do
    if value <= limit then
      in_b = in_b + 1
      if known[value] then same = same + 1 end
    end
  end
  return same, in_a, in_b
end

---------------------------------------------------------------------------------------- comparing

-- Whether the shingle with this mark is in the text that was packed.
local function near_marked(packed, mark)
  local first = NEAR_RECORD + 5 * NEAR_LOOKED + 1 + 3 * NEAR_OPENING
  mark = mark % (8 * (#packed - first))
  return math.floor(packed:byte(first + 1 + math.floor(mark / 8)) / 2 ^ (mark % 8)) % 2 == 1
end

-- Share of the old text's lead that is in the new text.
local function near_old_lead(packed, old)
  local found = 0
  for _, mark in ipairs(old.lead) do
    if near_marked(packed, mark) then found = found + 1 end
  end
  return found / #old.lead
end

-- The same for the new text's opening in the old text, as far as the sample goes: nil if too few.
local function near_new_lead(query, old)
  local limit = old.all_hashes and math.huge or old.hashes[#old.hashes]
  local count, found = 0, 0
  for _, hash in ipairs(query.opening) do
    if hash > limit then break end
    if not query.dead[hash] then
      count = count + 1
      if old.runs[hash] then found = found + 1 end
    end
  end
  if count < NEAR_LEAD_SAMPLE then return nil end
  return found / math.min(count, #old.hashes)
end

-- How many hashes of an ascending list are samples up to the limit, without the dead ones.
local function near_sampled(hashes, limit, dead)
  local count = 0
  for _, hash in ipairs(hashes) do
    if hash > limit then break end
    if not dead[hash] then count = count + 1 end
  end
  return count
end

-- Containment both ways; nil if next to nothing is shared.
local function near_contain(new, old, dead)
  local limit = near_limit(new.hashes, new.all_hashes, old.hashes, old.all_hashes)
  local shared, runs = 0, 0
  for _, hash in ipairs(new.hashes) do
    if hash > limit then break end
    if old.runs[hash] and not dead[hash] then
      shared = shared + 1
      if old.runs[hash] == new.runs[hash] then runs = runs + 1 end
    end
  end
  if shared < NEAR_SHARED_EXCERPT then return nil end
  local in_new = near_sampled(new.hashes, limit, dead)
  local in_old = near_sampled(old.hashes, limit, dead)
  return {shared = shared, new_in_old = shared / in_new, old_in_new = shared / in_old,
          runs = runs / math.min(in_new, in_old)}
end

-- What a new and an old text have in common.
local function near_compare(query, record)
  local new, old = query.sketch, near_read(record, NEAR_ID)
  local found = near_contain(new, old, query.dead)
  if not found then return nil end
  local same, x, y = near_common(new.numbers, new.all_numbers, old.numbers, old.all_numbers)
  found.numbers, found.of_numbers = same, math.min(x, y)
  same, x, y = near_common(new.names, new.all_names, old.names, old.all_names)
  found.names, found.of_names = same, math.min(x, y)
  found.size, found.leads = math.min(new.size, old.size), near_common(new.lead, true, old.lead, true)
  found.old_lead, found.new_lead = near_old_lead(query.packed, old), near_new_lead(query, old)
  return found
end

-- Texts from one template have sentences in common, but neither numbers nor names.
local function near_facts_agree(found, contained)
  local numbers, facts = found.of_numbers, found.of_numbers + found.of_names
  if numbers >= NEAR_NUMBERS and found.numbers / numbers < NEAR_NUMBERS_AGREE * contained then
    return false
  end
  local agree = found.numbers + found.names
  return facts < NEAR_FACTS or agree / facts >= NEAR_FACTS_AGREE * contained
end

-- A newer version of a report may have other numbers throughout, but then all else is as it was.
local function near_is_update(found, contained)
  if found.runs < NEAR_UPDATE_RUNS then return false end
  if found.of_names < NEAR_UPDATE_NAMES then return contained >= NEAR_UPDATE end
  return contained >= NEAR_UPDATE_NAMED and found.names / found.of_names >= NEAR_UPDATE_AGREE
end

-- Articles on one page frame have its words in common, but neither begins with the other. And a few words
-- may be in many articles: a short text has to be of the beginning of the longer one.
local function near_leads_agree(found)
  if found.size < NEAR_SHORT and found.leads == 0 then return false end
  return found.old_lead >= NEAR_LEAD_OLD or not found.new_lead or found.new_lead >= NEAR_LEAD_NEW
end

-- The rule: which text is a near-duplicate. Returns the containment and the name of what decided.
local function near_judge(found)
  local contained = math.max(found.new_in_old, found.old_in_new)
  local rule = 'text'
  if found.shared < NEAR_SHARED then
    if contained < NEAR_EXCERPT or found.old_lead < NEAR_LEAD_SAME then return nil end
    rule = 'excerpt'
  end
  if contained < NEAR_CONTAINED then return nil end
  if not near_facts_agree(found, contained) then
    if not near_is_update(found, contained) then return nil end
    rule = 'update'
  end
  if not near_leads_agree(found) then return nil end
  return contained, rule
end

-- What the new text is to the old one.
local function near_relation(found)
  local new, old = found.new_in_old >= 0.7, found.old_in_new >= 0.7
  if new and old then return 'copy' end
  return new and 'excerpt' or old and 'extension' or 'variant'
end

local function near_evidence(found, rule)
  return string.format('{"rule":"%s","relation":"%s","new_in_old":%.2f,"old_in_new":%.2f,"shared":%d,'
    .. '"numbers":[%d,%d],"names":[%d,%d],"runs":%.2f,"old_lead":%.2f,"new_lead":%s}',
    rule, near_relation(found), found.new_in_old, found.old_in_new, found.shared,
    found.numbers, found.of_numbers, found.names, found.of_names, found.runs, found.old_lead,
    found.new_lead and string.format('%.2f', found.new_lead) or 'null')
end

------------------------------------------------------------------------------------------ look-up

-- The lists of all living segments for each hash; the places of hashes that too many documents have: they are dead.
local function near_lists(index, packed)
  local lists, dead = {}, {}
  local count_of_segments = math.min(#index.segments, NEAR_SEGMENTS)
  for i = 1, math.min(near_unsigned(packed, 1, 2), NEAR_LOOKED) do
    local number, field = near_address(packed, i)
    local found, count = {}, 0
    for s = 1, count_of_segments do
      local list = redis.call('HGET', near_bucket(index.segments[s], number), field)
      if list then
        found[#found + 1] = {s, list}
        count = count + #list / 3
      end
    end
    if count >= NEAR_CAP then dead[#dead + 1] = i else lists[#lists + 1] = {found, count} end
  end
  return lists, dead
end

-- The documents with the most in common, where rare hashes count for more. Ties: the newest first.
local function near_candidates(lists)
  local scores, order = {}, {}
  for _, entry in ipairs(lists) do
    local found, count = entry[1], entry[2]
    for _, part in ipairs(found) do
      local list = part[2]
      for at = 1, #list, 3 do
        local document = part[1] * NEAR_CAPACITY_MAX - near_unsigned(list, at, 3)
        if not scores[document] then
          scores[document] = 0
          order[#order + 1] = document
        end
        scores[document] = scores[document] + 1 / count
      end
    end
  end
  table.sort(order, function(x, y)
    if scores[x] ~= scores[y] then return scores[x] > scores[y] end
    return x < y
  end)
  return order
end

local function near_fetch(index, document)
  local s = math.ceil(document / NEAR_CAPACITY_MAX)
  local segment = index.segments[s]
  local chunk, offset = near_place(s * NEAR_CAPACITY_MAX - document)
  local record = redis.call('GETRANGE', segment.path .. chunk, offset, offset + NEAR_SIZE - 1)
  if #record < NEAR_SIZE or record:sub(1, NEAR_ID) == near_forgotten then return nil end
  return record, segment.path .. chunk, offset
end

-- What is to be compared, read only where there is something to compare it with: most texts are like no other.
local function near_query(packed, dead)
  local query = {packed = packed, sketch = near_read(packed, 0), dead = {}}
  for _, i in ipairs(dead) do query.dead[query.sketch.hashes[i]] = true end
  local at = NEAR_RECORD + 5 * NEAR_LOOKED
  query.opening = near_list(packed, at + 2, packed:byte(at + 1), 3)
  return query
end

local function near_find(index, packed, id)
  local lists, dead = near_lists(index, packed)
  local candidates = near_candidates(lists)
  if #candidates == 0 then return nil end
  local query = near_query(packed, dead)
  local own, best, best_contained, best_rule, best_raw = near_raw(id), nil, 0, nil, nil
  for i = 1, math.min(#candidates, NEAR_CANDIDATES) do
    local record = near_fetch(index, candidates[i])
    local found = record and near_compare(query, record)
    if found then
      local contained, rule = near_judge(found)
      local raw = record:sub(1, NEAR_ID)
      -- The article itself comes before anything else, so that a second call tells the same as the first.
      if contained and (contained > best_contained or raw == own) then
        best, best_contained, best_rule, best_raw = found, contained, rule, raw
        if raw == own then break end
      end
    end
  end
  if not best then return nil end
  return near_name(best_raw), best_contained, near_evidence(best, best_rule)
end

----------------------------------------------------------------------------------------- insertion

local function near_post(segment, packed, i, entry, life)
  local number, field = near_address(packed, i)
  local bucket = near_bucket(segment, number)
  local list = redis.call('HGET', bucket, field) or ''
  if #list >= 3 * NEAR_CAP then return end
  redis.call('HSET', bucket, field, list .. entry)
  if list == '' and redis.call('HLEN', bucket) == 1 then redis.call('EXPIRE', bucket, life) end
end

local function near_insert(index, packed, id)
  local size = near_unsigned(packed, 1, 2)
  if size == 0 then return end
  local segment = near_current(index)
  local serial, life = segment.count, math.max(1, math.ceil(segment.last - index.now))
  local chunk, offset = near_place(serial)
  if offset == 0 then
    -- Made in its full length: a string that grows would be given twice the room.
    redis.call('SETRANGE', segment.path .. chunk, NEAR_CHUNK * NEAR_SIZE - 1, '\0')
    redis.call('EXPIRE', segment.path .. chunk, life)
  end
  redis.call('SETRANGE', segment.path .. chunk, offset, near_raw(id) .. packed:sub(1, NEAR_RECORD))
  local entry = string.char(math.floor(serial / 65536), math.floor(serial / 256) % 256, serial % 256)
  for i = 1, math.min(size, NEAR_POSTED) do near_post(segment, packed, i, entry, life) end
  segment.count = serial + 1
  near_save(index, segment)
end

local function near_forget(index, packed, id)
  local candidates = near_candidates((near_lists(index, packed)))
  local own = near_raw(id)
  for i = 1, math.min(#candidates, NEAR_CANDIDATES) do
    local record, key, offset = near_fetch(index, candidates[i])
    if record and record:sub(1, NEAR_ID) == own then
      redis.call('SETRANGE', key, offset, near_forgotten)
    end
  end
end
