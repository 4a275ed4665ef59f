-- How the consumer groups of a stream stand, all at one moment. Changes nothing. Put behind `groups.lua`.
--
-- KEYS  1 the stream   2 what groups have lost
-- Returns the stream's length, its first and its last id ('' if it is empty), then for each group a list: name,
-- consumers, pending, last delivered id, lag, whether it is exact, the oldest entry delivered and not acknowledged,
-- the oldest not delivered ('' if there is none), what was lost and when ('' for nothing).
local stream, lost = KEYS[1], KEYS[2]
local MOST_COUNTED = 1000  -- entries, where Redis does not know the lag

-- Redis counts what a group has read and subtracts that from all there ever was. So what was trimmed away unread
-- stays in its lag for ever, and a group that began in the middle of a stream has none.
local function lag_of(group, length, first, added)
  if id_before(group.last, first) then return length, 1 end
  local trimmed = added - length
  if group.lag and group.read and group.read > trimmed and group.lag <= length then return group.lag, 1 end
  local rest = #redis.call('XRANGE', stream, '(' .. group.last, '+', 'COUNT', MOST_COUNTED)
  if rest < MOST_COUNTED then return rest, 1 end
  return length, 0
end

if redis.call('EXISTS', stream) == 0 then return {0, '', ''} end
local info = by_name(redis.call('XINFO', 'STREAM', stream))
local first, length = first_from(stream, '-') or '', info.length
local answer = {length, first, length > 0 and info['last-generated-id'] or ''}
for _, group in ipairs(group_list(stream)) do
  local fresh = first_from(stream, '(' .. group.last) or ''
  local lag, exact = 0, 1
  if fresh ~= '' then lag, exact = lag_of(group, length, first, info['entries-added']) end
  answer[#answer + 1] = {group.name, group.consumers, group.pending, group.last, lag, exact,
                         group.oldest or '', fresh, redis.call('HGET', lost, group.name) or ''}
end
return answer
