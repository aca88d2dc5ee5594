-- Write a person, their place in the ID index and one change of the gallery, or nothing.
--
-- KEYS  person, ID index, revision, changes (one slot)
-- ARGV  1 name of this write    2 version expected (0: nobody there yet)
--       3 revision seen ('' : not asked)   4 subject   5 indexed ID   6 changes kept
--       7 how many fields to remove first, these fields, then fields and values to set
-- Returns {status, version}; status is ok, missing, changed, moved or taken.
local person, ids, revision, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local write, expected, seen, subject, id, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local removed = tonumber(ARGV[7])

-- A client whose answer was lost sends the same write again: it has been done.
local version = redis.call('HGET', person, 'version') or '0'
if redis.call('HGET', person, 'write') == write then return {'ok', version} end

if version ~= expected then
  if version == '0' then return {'missing', version} end
  return {'changed', version}
end
if seen ~= '' and (redis.call('GET', revision) or '0') ~= seen then return {'moved', version} end
local holder = redis.call('HGET', ids, id)
if holder and holder ~= subject then return {'taken', version} end

local before = redis.call('HGET', person, 'indexed')
if before and before ~= id then redis.call('HDEL', ids, before) end
redis.call('HSET', ids, id, subject)
if removed > 0 then redis.call('HDEL', person, unpack(ARGV, 8, 7 + removed)) end
redis.call('HSET', person, 'write', write, unpack(ARGV, 8 + removed))
version = redis.call('HINCRBY', person, 'version', 1)

local number = redis.call('INCR', revision)
redis.call('XADD', changes, 'MAXLEN', '~', kept, number .. '-0', 'kind', 'put', 'subject', subject)
return {'ok', tostring(version)}
