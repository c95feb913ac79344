-- Tills for wrk: every request has its own member, key and body. Arguments after `--`, each `name=value`:
--   kind=earn|burn  members=<file> tokens=<file> known=<partners that know a member> partner=spread|first
--   amount=<minor units of an earn>  points=<points of a burn>  seed=<number>
-- A line of `members` is a member id, a space and a card number; all lines are of one length.

local threads = 0
local option, members, line, count, heads, asked = {}, "", 0, 0, {}, 0
number = 0 -- of the thread; global, because that is all that wrk lets `setup` write into a thread
local STEP = 7 -- between the partners that know a member

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(arguments)
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^(%w+)=(.*)$")
    if name then option[name] = value end
  end
  local file = assert(io.open(option.members, "rb"))
  members = file:read("*a")
  file:close()
  line = members:find("\n", 1, true)
  count = #members / line
  local path = option.kind == "earn" and "/v1/earns" or "/v1/redemptions"
  for token in io.lines(option.tokens) do
    heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
      .. "\r\nContent-Type: application/json\r\nAuthorization: Bearer " .. token .. "\r\nIdempotency-Key: "
  end
  math.randomseed(tonumber(option.seed) + 7919 * number)
end

function request()
  asked = asked + 1
  local random = math.random
  local index = random(0, count - 1)
  local at = index * line
  local partner = 1
  if option.partner ~= "first" then
    partner = (index + STEP * random(0, tonumber(option.known) - 1)) % #heads + 1
  end
  local member, receipt = members:sub(at + 1, at + 30), number .. "-" .. asked
  local body
  if option.kind == "earn" then
    body = '{"member":"' .. member .. '","amount_minor":' .. option.amount .. ',"currency":"USD","receipt":"' .. receipt .. '"}'
  else
    body = '{"member":"' .. member .. '","points":' .. option.points .. ',"currency":"USD","proof":{"type":"card","card_number":"'
      .. members:sub(at + 32, line + at - 1) .. '"},"receipt":"' .. receipt .. '"}'
  end
  local key = string.format("%08x-%08x-%s-%s", random(0, 2147483647), random(0, 2147483647), option.seed, receipt)
  return heads[partner] .. key .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"p50_ms":%.4f,"p99_ms":%.4f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
