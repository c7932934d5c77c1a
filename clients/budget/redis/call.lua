-- Applies a call to the ledger of a budget: what Ledger.Call of package budget
-- does, decision by decision. Times are microseconds, of the clock of Redis.
--
-- KEYS, with one hash tag:
--   slots    sorted set: slot -> the time from which it is free
--   line     sorted set: process -> its place
--   members  sorted set: process -> its last sign of life
--   state    hash: seen, epoch, instance, terms, learning, number, places, members,
--            waiting, touched; #slot the number of its last grant; <process its place in
--            line: seq take upTo joined; @process its share: told seq share absent
--            and the slots taken for it
local SLOTS, LINE, MEMBERS, STATE = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local process, seq, epoch, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local n, span, hold, ahead = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local silent, alone = tonumber(ARGV[9]), tonumber(ARGV[10])
local take, upto = tonumber(ARGV[11]), tonumber(ARGV[12])
local bye, beat = ARGV[13] == '1', ARGV[14] == '1'
local base, since, share = ARGV[15], tonumber(ARGV[16]), tonumber(ARGV[17])
local RETURNS = 18 -- from here on: slot, number, 1 if unused

local terms = table.concat(ARGV, ' ', 5, 10)
local recovery = ahead + hold + span
local forgotten = silent + alone + recovery

local function str(x) return string.format('%.0f', x) end
local function call(...) return redis.call(...) end
local function get(field) return call('HGET', STATE, field) end
local function set(...) call('HSET', STATE, ...) end
local function freeAt(slot) return tonumber(call('ZSCORE', SLOTS, slot)) end
local function free(slot, at) call('ZADD', SLOTS, str(at), slot) end

-- Nothing stays for ever. What is forgotten too early is held again.
local HOUR = 3600 * 1000000
local function expire(key) call('PEXPIRE', key, str(math.ceil((25 * HOUR + 10 * forgotten) / 1000))) end

-- The i-th slot to be free, from 0, and when it is.
local function nth(i)
  local r = call('ZRANGE', SLOTS, str(i), str(i), 'WITHSCORES')
  return r[1], tonumber(r[2])
end

-- Which server this is. Who may not ask would not notice a failover. What knows no
-- such section stands in for Redis in tests.
local info = redis.pcall('INFO', 'server')
if type(info) ~= 'string' then
  if not string.find(info.err, 'section (server) is not supported', 1, true) then
    return redis.error_reply('INFO server, which shows a failover: ' .. info.err)
  end
  info = ''
end
local here = string.match(info, 'run_id:(%w+)') or ''

local time = call('TIME')
local t = tonumber(time[1]) * 1000000 + tonumber(time[2])

local state = call('HMGET', STATE, 'seen', 'epoch', 'instance', 'terms', 'learning', 'number', 'members', 'touched', 'waiting')
local now, seen = t, tonumber(state[1] or '0')
t = math.max(t, seen)
local touched = tonumber(state[8] or '0')

-- A clock that was set back by more than a new beginning takes is not waited for.
local back = state[4] == terms and seen - now > silent + recovery
if back then t = now end

-- A missing key is no fresh start, and neither is another server.
if not state[2] or state[3] ~= here or back
    or (state[4] == terms and call('ZCARD', SLOTS) ~= n)
    or tonumber(state[7]) ~= call('ZCARD', MEMBERS)
    or tonumber(state[9]) ~= call('ZCARD', LINE) then
  call('DEL', SLOTS, LINE, MEMBERS, STATE)
  local learning = t + silent
  for i = 0, n - 1 do free(string.format('%04d', i), learning + recovery) end
  state = {str(t), here .. '/' .. str(t), here, terms, str(learning), '0', '0'}
  set('epoch', state[2], 'instance', here, 'terms', terms, 'learning', state[5], 'number', '0', 'members', '0', 'waiting', '0', 'places', '0')
  touched = 0
end
if state[4] ~= terms then
  return redis.error_reply('TERMS ledger has ' .. state[4] .. ', the call ' .. terms)
end
local learning, number = tonumber(state[5]), tonumber(state[6])

local function newNumber(slot)
  number = number + 1
  set('#' .. slot, str(number))
  return str(number)
end

-- Slots given back.
if epoch == state[2] then
  for i = RETURNS, #ARGV, 3 do
    local slot = string.format('%04d', tonumber(ARGV[i]))
    if ARGV[i + 1] ~= '0' and get('#' .. slot) == ARGV[i + 1] then
      local held = freeAt(slot)
      local at = t + span
      if ARGV[i + 2] == '1' then at = held - (hold + span) end
      set('#' .. slot, '0')
      free(slot, math.min(at, held))
    end
  end
end

-- Members: {heard, told, seq, share, absent, taken}.
local function member(name)
  local detail = get('@' .. name)
  if not detail then return nil end
  local told, last, part, absent, taken = string.match(detail, '(%d+) (%d+) (%d+) (%d) (.*)')
  return {name = name, heard = tonumber(call('ZSCORE', MEMBERS, name)), told = tonumber(told), seq = last,
    share = tonumber(part), absent = absent == '1', taken = taken}
end

local function save(m)
  call('ZADD', MEMBERS, str(m.heard), m.name)
  local absent = '0'
  if m.absent then absent = '1' end
  set('@' .. m.name, table.concat({str(m.told), m.seq, str(m.share), absent, m.taken}, ' '))
end

local function forget(m)
  call('ZREM', MEMBERS, m.name)
  call('HDEL', STATE, '@' .. m.name)
end

local function takeFor(m)
  m.absent = true
  for _ = 1, math.min(m.share, n) do
    local slot, at = nth(0)
    m.taken = m.taken .. slot .. ':' .. newNumber(slot) .. ' '
    free(slot, math.max(m.heard + forgotten, at))
  end
end

local function comeBack(m)
  for slot, taken in string.gmatch(m.taken, '(%d+):(%d+)') do
    if get('#' .. slot) == taken then free(slot, math.min(freeAt(slot), t + recovery)) end
  end
  m.absent, m.taken = false, ''
end

local told, heard = 0, 0
if bye then
  call('ZREM', LINE, process)
  call('HDEL', STATE, '<' .. process)
  local m = member(process)
  if m then
    comeBack(m)
    forget(m)
  end
elseif beat then
  local m = member(process)
  local overtaken = false
  if not m then
    call('ZADD', MEMBERS, str(t), process)
    expire(MEMBERS)
    m = {name = process, heard = t, told = t, seq = '0', share = share, absent = false, taken = ''}
    if share > 0 then takeFor(m) end
  elseif tonumber(seq) <= tonumber(m.seq) then
    overtaken = true
  elseif base == m.seq then
    m.heard = math.max(m.heard, math.min(t, m.told + since))
    m.share = share
  else
    m.share = math.max(m.share, share)
  end
  if not overtaken then
    if m.absent and m.seq ~= '0' and m.heard + silent > t then comeBack(m) end
    local all, left = 1, n
    for _, name in ipairs(call('ZRANGE', MEMBERS, '0', '-1')) do
      if name ~= process then
        all, left = all + 1, left - member(name).share
      end
    end
    local most = math.floor(n / all)
    if m.seq == '0' or t < learning then most = math.min(most, m.share) end
    told = math.max(0, math.min(left, most))
    m.told, m.seq, m.share = t, seq, math.max(m.share, told)
    save(m)
  end
  heard = t - m.heard
end

-- Slots are taken for those that have fallen silent.
if tonumber(state[7]) > 0 or beat then
  for _, name in ipairs(call('ZRANGEBYSCORE', MEMBERS, '-inf', str(t - silent))) do
    local m = member(name)
    if m.heard + forgotten <= t then
      forget(m)
    elseif not m.absent then
      takeFor(m)
      save(m)
    end
  end
end

-- The line. Places: {seq, take, upto, joined}.
local function place(name)
  local detail = get('<' .. name)
  if not detail then return nil end
  local s, need, more, joined = string.match(detail, '(%d+) (%d+) (%d+) (%d+)')
  return {seq = s, take = tonumber(need), upto = tonumber(more), joined = tonumber(joined)}
end

if take > 0 then
  local p = place(process)
  if not p then
    p = {seq = seq, joined = t}
    call('ZADD', LINE, call('HINCRBY', STATE, 'places', 1), process)
    expire(LINE)
  end
  p.take = math.min(take, n)
  p.upto = math.max(upto, p.take)
  set('<' .. process, table.concat({p.seq, str(p.take), str(p.upto), str(p.joined)}, ' '))
end

local mine = {seq = '0', age = 0, grants = {}}
local waiting = call('ZCARD', LINE)
while waiting > 0 do
  local first = call('ZRANGE', LINE, '0', '0')[1]
  local p = place(first)
  local grantable = call('ZCOUNT', SLOTS, '-inf', str(t + ahead))
  if grantable < p.take then break end
  local g = {seq = p.seq, age = t - p.joined, grants = {}}
  for _ = 1, math.max(p.take, math.min(p.upto, math.floor(grantable / waiting))) do
    local slot, at = nth(0)
    local from = math.max(t, at)
    table.insert(g.grants, str(tonumber(slot)))
    table.insert(g.grants, newNumber(slot))
    table.insert(g.grants, str(from - t))
    free(slot, from + hold + span)
  end
  call('ZREM', LINE, first)
  call('HDEL', STATE, '<' .. first)
  waiting = waiting - 1
  if first == process then
    mine = g
  else
    call('PUBLISH', channel .. first, table.concat({state[2], g.seq, str(g.age), table.concat(g.grants, ' ')}, ' '))
  end
end

local wait = 0
local p = waiting > 0 and place(process)
if p then
  local at, needed = t + span, 0
  for _, name in ipairs(call('ZRANGE', LINE, '0', '-1')) do
    needed = needed + place(name).take
    if name == process then break end
  end
  if needed <= n then
    local _, f = nth(needed - 1)
    at = math.min(at, f)
  end
  local some = math.floor(ahead / 4)
  wait = math.max(at - some - t, some, 1000)
  mine.seq = p.seq
end

set('seen', str(t), 'number', str(number), 'members', str(call('ZCARD', MEMBERS)), 'waiting', str(waiting))

if t - touched > HOUR then
  set('touched', str(t))
  for _, key in ipairs(KEYS) do expire(key) end
end

local reply = {state[2], mine.seq, str(mine.age), str(wait), str(told), str(heard)}
for _, x in ipairs(mine.grants) do table.insert(reply, x) end
return reply
