-- Take one page into work: count the attempt and read the page, in one step.
-- A page that is not pending any more has been finished: then nothing is counted. One whose earlier attempt
-- never ended is a suspect: among other pages it is left alone, and nothing is counted.
--
-- KEYS  1 pending pages   2 attempts   3 the raw page
-- ARGV  1 page id   2 `1` if the page is worked on alone
-- Returns the number of the attempt and the raw page (false if it has expired); only 0 for a suspect;
-- nothing if finished.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {} end
if ARGV[2] ~= '1' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return {0} end
return {redis.call('HINCRBY', KEYS[2], ARGV[1], 1), redis.call('GET', KEYS[3])}
