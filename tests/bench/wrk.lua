-- wrk.lua -- what wrk sends, and its report as one line for scripts/bench.
-- Environment: BENCH_TOKEN; BENCH_IDS, a file with an id a line; BENCH_KIND, a name in `kinds`; BENCH_BASE,
-- what the addresses of the API begin with, if that is not Daybook's own; BENCH_TAG, an ETag that is known.

local ids, requests, at = {}, {}, 0
local headers = { ["Content-Type"] = "application/json" }
local token = os.getenv("BENCH_TOKEN")
if token then
	headers["Authorization"] = "Bearer " .. token
end
headers["If-None-Match"] = os.getenv("BENCH_TAG")

local base = os.getenv("BENCH_BASE") or "/api/v1"

local function get_one(i)
	return wrk.format("GET", base .. "/tasks/" .. ids[i], headers)
end

local function list()
	return wrk.format("GET", base .. "/tasks", headers)
end

local function export()
	return wrk.format("GET", base .. "/users/me/export", headers)
end

local function post(i)
	return wrk.format("POST", base .. "/tasks", headers,
		'{"title":"Water the plants ' .. i .. '","description":"The ones by the window.","priority":"HIGH"}')
end

-- Every other time round the tasks the title is another one, so that each request is a real change.
local function patch(i, turn)
	return wrk.format("PATCH", base .. "/tasks/" .. ids[i], headers,
		'{"title":"Water the plants ' .. i .. (turn == 1 and " today" or " tomorrow") .. '"}')
end

-- Each task goes behind another one of its column, and the next time behind yet another.
local function move(i, turn)
	return wrk.format("POST", base .. "/tasks/" .. ids[i] .. "/move", headers,
		'{"after":"' .. ids[(i + 7 * turn) % #ids + 1] .. '"}')
end

-- The life of an application: much reading, some writing.
local mixture = { get_one, get_one, get_one, list, get_one, patch, get_one, get_one, list, get_one }
local function mixed(i, turn)
	return mixture[i % #mixture + 1](i, turn)
end

local function login()
	return wrk.format("POST", base .. "/auth/login", headers, os.getenv("BENCH_LOGIN"))
end

local kinds = { get_one = get_one, list = list, export = export, post = post, patch = patch, move = move, mixed = mixed, login = login }

function init()
	local make = kinds[os.getenv("BENCH_KIND")]
	for id in io.lines(os.getenv("BENCH_IDS")) do
		ids[#ids + 1] = id
	end
	for turn = 1, 2 do
		for i = 1, #ids do
			requests[#requests + 1] = make and make(i, turn) or wrk.format("GET", nil, headers)
		end
	end
end

function request()
	at = at % #requests + 1
	return requests[at]
end

function done(summary, latency)
	local e = summary.errors
	print(string.format("BENCH %d %d %d %d %d %d", summary.requests, summary.duration,
		latency:percentile(50), latency:percentile(99), e.status,
		e.connect + e.read + e.write + e.timeout))
end
