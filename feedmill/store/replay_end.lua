-- End one page of a replay: note what came of it and take it off the pending pages, in one step.
-- If it is pending no more, nothing but the outcome is noted, and that only if none is.
--
-- KEYS  1 pending pages   2 attempts   3 the raw page   4 bytes of the pending pages   5 outcomes of the replay
-- ARGV  1 page id   2 outcome   3 how long outcomes are kept, in seconds
redis.call('HSETNX', KEYS[5], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[5], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then
  redis.call('DECRBY', KEYS[4], redis.call('STRLEN', KEYS[3]))
end
redis.call('UNLINK', KEYS[3])
