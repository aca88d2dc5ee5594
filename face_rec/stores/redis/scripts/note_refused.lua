-- Count a refused try, and write it down unless so many were in this minute already.
--
-- KEYS  stream of its kind, counts, counter of this minute (one slot)
-- ARGV  1 entry   2 field of the counts   3 most a minute   4 about how many entries are kept
-- Returns whether it was written down.
redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
local number = redis.call('INCR', KEYS[3])
if number == 1 then redis.call('PEXPIRE', KEYS[3], 60000) end
if number > tonumber(ARGV[3]) then return 0 end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'entry', ARGV[1])
return 1
