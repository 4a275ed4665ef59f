-- Remove articles with all that belongs to them, in one step, if they are still as old as the caller found them.
-- Put behind `groups.lua`.
--
-- A revision that was committed meanwhile has made its article younger: it stays. So does an article that a consumer
-- group has yet to read, unless the caller has to have the room. Names that lead here from elsewhere are left to the
-- sweep of names; the commit does not believe a name whose article is not there.
-- What takes memory comes after what gives some back: Redis allows that even when it is full.
--
-- KEYS  1 heads   2 content index   3 index of names   4 stream of articles   5 removals   6 upkeep
-- ARGV  1 prefix of the keys of articles   2 fetched before (Unix ms)   3 day and reason   4 reason where unread, ''
--       to leave unread ones   5... ids
-- Returns how many were removed, how many of them unread, how many were left because they are unread.
local heads, contents, names, stream, removals, upkeep = unpack(KEYS)
local prefix, before, reason, reason_unread = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local SLACK = 600  -- seconds that may pass from `stored_at` to the announcement, clocks included

-- Unix seconds up to which all groups have everything, give or take; nil if they have all there is.
local function read_until()
  local oldest
  for _, group in ipairs(group_list(stream)) do
    local fresh = first_from(stream, '(' .. group.last)
    local needed = group.oldest and (not fresh or id_before(group.oldest, fresh)) and group.oldest or fresh
    if needed and (not oldest or id_before(needed, oldest)) then oldest = needed end
  end
  return oldest and tonumber(oldest:match('^%d+')) / 1000
end

-- Days since 1970 of a date (the algorithm is Howard Hinnant's `days_from_civil`, for years after 0).
local function days(year, month, day)
  if month <= 2 then year = year - 1 end
  local era, moved = math.floor(year / 400), (month + 9) % 12
  local of_era = year % 400
  local of_year = math.floor((153 * moved + 2) / 5) + day - 1
  return era * 146097 + of_era * 365 + math.floor(of_era / 4) - math.floor(of_era / 100) + of_year - 719468
end

-- A quote within a text of the JSON has a backslash before it, so this is found nowhere else.
local function stored_at(json)
  local y, mo, d, h, mi, s = (json or ''):match('"stored_at":"(%d+)%-(%d+)%-(%d+)T(%d+):(%d+):(%d+)')
  return y and days(tonumber(y), tonumber(mo), tonumber(d)) * 86400 + h * 3600 + mi * 60 + s or 0
end

local function forget(index, name, id)
  if redis.call('HGET', index, name) == id then redis.call('HDEL', index, name) end
end

local function remove(id, content)
  redis.call('UNLINK', prefix .. 'art:' .. id, prefix .. 'revisions:' .. id, prefix .. 'trail:' .. id,
    prefix .. 'copies:' .. id, prefix .. 'story:of:' .. id)
  redis.call('HDEL', heads, id)
  forget(contents, content, id)
  forget(names, id, id)
end

local floor = read_until()
local removed, unread, left = 0, 0, 0
for i = 5, #ARGV do
  local id = ARGV[i]
  local fetched, content = (redis.call('HGET', heads, id) or ''):match('^%d+:(%d+):(.*)$')
  if fetched and tonumber(fetched) < before then
    local is_unread = floor and stored_at(redis.call('GET', prefix .. 'art:' .. id)) + SLACK >= floor
    if is_unread and reason_unread == '' then
      left = left + 1
    else
      remove(id, content)
      removed = removed + 1
      if is_unread then unread = unread + 1 end
    end
  end
end
if removed > 0 then redis.call('HINCRBY', upkeep, 'removed', removed) end
if removed > unread then redis.call('HINCRBY', removals, reason, removed - unread) end
if unread > 0 then redis.call('HINCRBY', removals, reason_unread, unread) end
return {removed, unread, left}
