-- Trim a stream by age, and beyond its greatest length; in bounded steps. Put behind `groups.lua`.
--
-- By age it goes by whole nodes (`MINID ~`: up to about a hundred old entries stay) and never as far as something
-- that a group has not been given or not acknowledged. Beyond the greatest length the oldest go in any case, and what
-- each group lost is counted. One script, so that no group is created, reads or acknowledges in between. What takes
-- memory comes after what gives some back: Redis allows that even when it is full.
--
-- KEYS  1 the stream   2 what groups have lost
-- ARGV  1 age in milliseconds   2 greatest length   3 most entries to remove beyond it in this step
-- Returns how many went by age, how many beyond the greatest length, then name and number for each group that lost some.
local stream, lost = KEYS[1], KEYS[2]
local MOST_BY_AGE = 2000  -- entries; Redis counts whole nodes
local age, most, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', stream) == 0 then return {0, 0} end
local groups = group_list(stream)
local time = redis.call('TIME')
local now = math.floor(time[1] * 1000 + time[2] / 1000)

local floor = string.format('%.0f-0', math.max(now - age, 0))
for _, group in ipairs(groups) do
  local needed = group_needs(group)
  if id_before(needed, floor) then floor = needed end
end
local answer = {redis.call('XTRIM', stream, 'MINID', '~', floor, 'LIMIT', MOST_BY_AGE), 0}

local is_there = {}
for _, group in ipairs(groups) do is_there[group.name] = true end
for _, name in ipairs(redis.call('HKEYS', lost)) do
  if not is_there[name] then redis.call('HDEL', lost, name) end
end

local excess = math.min(redis.call('XLEN', stream) - most, step)
if excess <= 0 then return answer end

local rows = redis.call('XRANGE', stream, '-', '+', 'COUNT', excess + 1)
local first, new_first = rows[1][1], rows[excess + 1][1]

-- How many of the rows come after what the group was given last; the rows ascend.
local function unread(group)
  local low, high = 1, excess + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if id_before(group.last, rows[middle][1]) then high = middle else low = middle + 1 end
  end
  return excess + 1 - low
end

local function unfinished(group)
  if not group.oldest or not id_before(group.oldest, new_first) then return 0 end
  return #redis.call('XPENDING', stream, group.name, first, '(' .. new_first, excess)
end

local losses = {}
for i, group in ipairs(groups) do losses[i] = {unread = unread(group), unfinished = unfinished(group)} end
answer[2] = redis.call('XTRIM', stream, 'MINID', new_first)

local info = by_name(redis.call('XINFO', 'STREAM', stream))
for i, group in ipairs(groups) do
  local count = losses[i].unread + losses[i].unfinished
  if losses[i].unread > 0 then
    -- Else the lag that Redis tells would contain for ever what is lost.
    local gone = info['entries-added'] - info.length
    redis.call('XGROUP', 'SETID', stream, group.name, group.last, 'ENTRIESREAD', gone)
  end
  if count > 0 then
    local before = (redis.call('HGET', lost, group.name) or '0 0'):match('^%d+')
    redis.call('HSET', lost, group.name, string.format('%.0f %d', before + count, time[1]))
    answer[#answer + 1] = group.name
    answer[#answer + 1] = count
  end
end
return answer
