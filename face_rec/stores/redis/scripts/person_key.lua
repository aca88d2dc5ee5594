-- A person's own key, made if they have none; nobody's if there is no such person.
--
-- A key that Redis has lost may come back, and what it sealed opens then: its alias stays, and
-- another key lies beside it. What they were all called is noted, so that all are destroyed with
-- the person.
--
-- KEYS  person, keys of all people (one slot)
-- ARGV  1 alias and 2 key to use if there is none   3 'again': this one, which was lost, also
--       where there is one by now (missing in what versions before have kept)
-- Returns {alias, key}, then the alias and key of each other one that is there; or nothing.
local person, all = KEYS[1], KEYS[2]
if redis.call('HEXISTS', person, 'indexed') == 0 then return nil end
local first = redis.call('HGET', person, 'alias')
if not first then redis.call('HSET', person, 'alias', ARGV[1]) end
local known = redis.call('HGET', person, 'aliases') or first or ARGV[1]
local there = {}
for alias in string.gmatch(known, '[^,]+') do
  local key = redis.call('HGET', all, alias)
  if key then
    table.insert(there, alias)
    table.insert(there, key)
  end
end
if there[1] and not ARGV[3] then return there end
if not string.find(known, ARGV[1], 1, true) then
  redis.call('HSET', person, 'aliases', known .. ',' .. ARGV[1])
end
redis.call('HSETNX', all, ARGV[1], ARGV[2])
return {ARGV[1], redis.call('HGET', all, ARGV[1])}
