-- Take one page into work: count the attempt and read the page, in one step.
-- A page that is not pending any more has been finished: then nothing is counted.
--
-- KEYS  1 pending pages   2 attempts   3 the raw page
-- ARGV  1 page id
-- Returns the number of the attempt and the raw page (false if it has expired); nothing if finished.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {} end
return {redis.call('HINCRBY', KEYS[2], ARGV[1], 1), redis.call('GET', KEYS[3])}
