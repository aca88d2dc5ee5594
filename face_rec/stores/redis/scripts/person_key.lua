-- A person's own key, made if they have none; nobody's if there is no such person.
--
-- KEYS  person, keys of all people (one slot)
-- ARGV  1 alias and 2 key to use if there is none yet
-- Returns {alias, key}, or nothing.
local person, all = KEYS[1], KEYS[2]
if redis.call('HEXISTS', person, 'indexed') == 0 then return nil end
local alias = redis.call('HGET', person, 'alias')
local key = alias and redis.call('HGET', all, alias)
if key then return {alias, key} end
redis.call('HSET', person, 'alias', ARGV[1])
redis.call('HSET', all, ARGV[1], ARGV[2])
return {ARGV[1], ARGV[2]}
