-- Set a small key with a short life, even if the server is full: what people need to see then.
--
-- A full server refuses the first write of a script if that needs memory, but no later one. DEL needs none.
--
-- KEYS  1 the key
-- ARGV  1 its value   2 its life in seconds
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
