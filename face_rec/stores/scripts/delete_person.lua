-- Remove a person, their place in the ID index, and tell the galleries.
--
-- KEYS  person, ID index, revision, changes (one slot)
-- ARGV  1 subject   2 changes kept, then the fields wanted back
-- Returns these fields as they were, or nothing if nobody was there.
local person, ids, revision, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local subject, kept = ARGV[1], ARGV[2]

if redis.call('EXISTS', person) == 0 then return nil end
local was = redis.call('HMGET', person, unpack(ARGV, 3))
local id = redis.call('HGET', person, 'indexed')
if id and redis.call('HGET', ids, id) == subject then redis.call('HDEL', ids, id) end
redis.call('DEL', person)

local number = redis.call('INCR', revision)
redis.call('XADD', changes, 'MAXLEN', '~', kept, number .. '-0', 'kind', 'remove', 'subject', subject)
return was
