-- Put a page in front of what is remembered of its site, in one step.
-- Other versions of it go; so do the oldest pages beyond what may be kept. Running it again changes nothing.
--
-- KEYS  1 the site's pages, newest first
-- ARGV  1 the page: its marker (8 bytes), then its lines   2 pages to keep at most   3 bytes to keep at most
--       4 seconds to keep the site   5... markers of pages that it stands for from now on
local page = ARGV[1]
local pages = redis.call('LRANGE', KEYS[1], 0, -1)
-- First of all, because a full server refuses it, and would not after a write that frees memory.
if pages[1] ~= page then redis.call('LPUSH', KEYS[1], page) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
if pages[1] == page then return end

local gone = {[string.sub(page, 1, 8)] = true}
for i = 5, #ARGV do gone[ARGV[i]] = true end

local count, bytes, full = 1, #page, false
for _, old in ipairs(pages) do
  if gone[string.sub(old, 1, 8)] then
    redis.call('LREM', KEYS[1], -1, old) -- from the end: the new one may be equal
  elseif not full then
    full = count == tonumber(ARGV[2]) or bytes + #old > tonumber(ARGV[3])
    if not full then count, bytes = count + 1, bytes + #old end
  end
end
redis.call('LTRIM', KEYS[1], 0, count - 1)
