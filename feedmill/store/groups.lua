-- Consumer groups of a stream: local functions to be put in front of a script.
--   group_list(stream) -> groups, each with name, consumers, pending, last (delivered), read, lag, oldest
--   group_needs(group) -> the id from which on nothing may go without the group losing it
--   id_before(a, b)    -> whether an entry id comes before another
-- `oldest` is the oldest entry that is delivered, not acknowledged and still there; nil if there is none. What was
-- trimmed away in somebody's hands is still listed as pending, but nothing can be kept for it any more.

local function id_padded(id)
  local time, count = id:match('^(%d+)-(%d+)$')
  return ('0'):rep(20 - #time) .. time .. ('0'):rep(20 - #count) .. count
end

local function id_before(a, b) return id_padded(a) < id_padded(b) end

local function by_name(row)
  local fields = {}
  for i = 1, #row, 2 do fields[row[i]] = row[i + 1] end
  return fields
end

local function first_from(stream, start)
  local row = redis.call('XRANGE', stream, start, '+', 'COUNT', 1)[1]
  return row and row[1]
end

local function group_list(stream)
  if redis.call('EXISTS', stream) == 0 then return {} end
  local groups, first = {}, first_from(stream, '-')
  for i, row in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local info = by_name(row)
    local held = info.pending > 0 and first and redis.call('XPENDING', stream, info.name, first, '+', 1)[1]
    groups[i] = {name = info.name, consumers = info.consumers, pending = info.pending,
                 last = info['last-delivered-id'], read = info['entries-read'] or nil, lag = info.lag or nil,
                 oldest = held and held[1] or nil}
  end
  return groups
end

local function group_needs(group)
  if group.oldest and id_before(group.oldest, group.last) then return group.oldest end
  return group.last
end
