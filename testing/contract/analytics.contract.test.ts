import { beforeAll, describe, expect, it } from "vitest";
import { analytics as analyticsSchema } from "../../domain/src/analytics.ts";
import { analyticsOf, RANGES, STATUSES, type Range, type Traffic } from "./analytics-model.ts";
import type { Reply } from "./client.ts";
import { SESSION, TENANT, USER } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { contactRow, insertRows, messageRow, sessionRow } from "./rows.ts";
import { shapeProblems } from "./shape.ts";
import { DIRECT_SYSTEMS, SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.3: every formula, against a computation of our own over the same rows. */

const { world, get } = useWorld();

const NOT_FOUND = "Session not found or access denied";
const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const ENTRIES: Readonly<Record<Range, number>> = { "24h": 25, "7d": 8, "30d": 31, "90d": 91 };
const RANGE_NAMES = Object.keys(RANGES) as Range[];

type Sample = { readonly messages: Traffic[]; readonly contacts: number[] };
type Body = Record<string, unknown> & { endDate: string; startDate: string; totalMessages: number; timeline: { total: number }[] };

/** Rows of one session made for one question; `at` is relative to the fixtures' now. */
const samples = new Map<string, Sample>();

const times = (count: number, make: (index: number) => Traffic): Traffic[] => Array.from({ length: count }, (_, index) => make(index));
const message = (at: number, values: Partial<Traffic> = {}): Traffic => ({ at, fromMe: false, status: "READ", senderId: null, ...values });
const sent = (at: number, values: Partial<Traffic> = {}): Traffic => message(at, { fromMe: true, senderId: USER.admin, ...values });
const bot = (at: number): Traffic => sent(at, { senderId: "whatsapp-system" });

function buildSamples(nowMs: number): Map<string, Sample> {
  const ago = (ms: number): number => nowMs - ms;
  const recent = ago(2 * HOUR_MS);
  const dayBefore = ago(30 * HOUR_MS);
  const noon = Math.floor(ago(2 * DAY_MS) / DAY_MS) * DAY_MS + 12 * HOUR_MS;
  return new Map<string, Sample>([
    ["empty", { messages: [], contacts: [] }],
    // Shares of an eighth: 12.5 and 87.5 both round up, together 101. Changes of -87.5, -12.5 and -50.
    [
      "eighths",
      {
        messages: [sent(recent), ...times(7, () => message(recent)), ...times(8, () => sent(dayBefore)), ...times(8, () => message(dayBefore))],
        contacts: [],
      },
    ],
    // Shares of a fortieth: 2.5 and 97.5; the one sent message is the flowbot's; growth of 212.5 and 262.5 %.
    [
      "fortieths",
      {
        messages: [
          bot(recent),
          ...times(24, () => message(recent, { status: "PENDING" })),
          ...times(15, () => message(recent)),
          ...times(8, () => message(dayBefore)),
        ],
        contacts: [recent, dayBefore],
      },
    ],
    ["only-before", { messages: times(5, () => sent(dayBefore)), contacts: [dayBefore] }],
    // No upper bound: rows after the request count, in the last bucket, at their own hour.
    [
      "future",
      {
        messages: [
          message(recent),
          message(ago(-HOUR_MS)),
          sent(ago(-5 * HOUR_MS)),
          sent(ago(-3 * DAY_MS)),
          message(ago(-400 * DAY_MS), { status: "PENDING" }),
        ],
        contacts: [ago(-DAY_MS)],
      },
    ],
    ["every-status", { messages: STATUSES.flatMap((status, index) => times(index + 1, () => sent(recent, { status }))), contacts: [] }],
    ["one-status", { messages: times(3, () => sent(recent, { status: "FAILED" })), contacts: [] }],
    // Two hours of the day with the same largest total, on different days: the smaller hour is the peak.
    [
      "tied-peak",
      {
        messages: [
          message(noon + 5 * HOUR_MS),
          message(noon - 4 * HOUR_MS),
          message(noon - 3 * DAY_MS + 5 * HOUR_MS),
          message(noon - 4 * HOUR_MS - 5 * DAY_MS),
        ],
        contacts: [],
      },
    ],
    // `whatsapp-system` counts as flowbot only on own messages; other senders never.
    [
      "senders",
      {
        messages: [bot(recent), bot(recent), sent(recent), sent(recent, { senderId: null }), message(recent, { senderId: "whatsapp-system" })],
        contacts: [],
      },
    ],
    // One message every 13 hours for 200 days, on both sides of every edge.
    [
      "steady",
      {
        messages: times(370, (index) =>
          message(ago(index * 13 * HOUR_MS + 61_001), {
            fromMe: index % 3 === 0,
            status: STATUSES[index % 5] ?? "READ",
            senderId: index % 6 === 0 ? "whatsapp-system" : null,
          }),
        ),
        contacts: Array.from({ length: 50 }, (_, index) => ago(index * 3 * DAY_MS + 77_007)),
      },
    ],
    // Midnight and the last millisecond before it, hour borders likewise.
    [
      "borders",
      {
        messages: [1, 2, 3].flatMap((days) => {
          const midnight = Math.floor(ago(days * DAY_MS) / DAY_MS) * DAY_MS;
          return [message(midnight), message(midnight - 1), sent(midnight + HOUR_MS), sent(midnight + HOUR_MS - 1)];
        }),
        contacts: [],
      },
    ],
  ]);
}

async function storeSample(name: string, { messages, contacts }: Sample): Promise<void> {
  const sessionId = `sample-${name}`;
  await insertRows(world().database, {
    whatsapp_sessions: [sessionRow({ id: sessionId, sessionId, tenantId: TENANT.alpha })],
    whatsapp_contacts: contacts.map((at, index) =>
      contactRow({
        id: `${sessionId}-${index}`,
        tenantId: TENANT.alpha,
        lid: `8${samples.size}000${index}@lid`,
        sessionId,
        lastMessageAt: new Date(at),
      }),
    ),
    whatsapp_messages: messages.map(({ at, ...rest }, index) =>
      messageRow({ id: `${sessionId}-${index}`, sessionId, remoteJid: "15550007777@s.whatsapp.net", timestamp: new Date(at), ...rest }),
    ),
  });
  samples.set(name, { messages, contacts });
}

beforeAll(async () => {
  for (const [name, sample] of buildSamples(world().now.getTime())) await storeSample(name, sample);
});

describe.each(SYSTEMS)("%s: GET analytics", (system) => {
  const ask = (sessionId: string, query = ""): Promise<Reply> => get(system, `/api/whatsapp/analytics?sessionId=${sessionId}${query}`);
  const analytics = async (sessionId: string, query = ""): Promise<Body> => bodyOf(await ask(sessionId, query)) as Body;

  describe.each(RANGE_NAMES)("%s", (range) => {
    it.each([...buildSamples(0).keys()])("of the rows `%s` is what the formulas say", async (name) => {
      const beforeMs = Date.now();
      const body = await analytics(`sample-${name}`, `&timeRange=${range}`);
      expect(shapeProblems(analyticsSchema, body)).toEqual([]);
      const end = Date.parse(body.endDate);
      expect(body).toEqual(analyticsOf({ ...(samples.get(name) ?? { messages: [], contacts: [] }), range, end }));
      expect([end >= beforeMs, end <= Date.now()]).toEqual([true, true]);
      expect(Date.parse(body.startDate)).toBe(end - RANGES[range]);
    });

    it("has a bucket from start to end, both included, which sum to the total", async () => {
      const { timeline, totalMessages } = await analytics("sample-steady", `&timeRange=${range}`);
      expect(timeline).toHaveLength(ENTRIES[range]);
      expect(timeline.reduce((sum, { total }) => sum + total, 0)).toBe(totalMessages);
    });
  });

  it("is the 7-day window by default", async () => {
    for (const query of ["", "&timeRange="]) {
      const body = await analytics("sample-steady", query);
      expect(body).toEqual(analyticsOf({ ...(samples.get("steady") as Sample), range: "7d", end: Date.parse(body.endDate) }));
    }
  });

  it.each(["1y", "24H", "7D", "0", "7", "90", "-7d", "7d%20", "a b".replace(" ", "+"), "%E2%82%AC", "null", "constructor"])(
    "uses the 7-day window for timeRange=%s and echoes it",
    async (text) => {
      const body = await analytics("sample-steady", `&timeRange=${text}`);
      const echo = new URLSearchParams(`timeRange=${text}`).get("timeRange") ?? "";
      expect(body).toEqual(analyticsOf({ ...(samples.get("steady") as Sample), range: "7d", echo, end: Date.parse(body.endDate) }));
    },
  );

  it("moves its dates with each request", async () => {
    const ends: number[] = [];
    for (let count = 0; count < 10; count += 1) ends.push(Date.parse((await analytics("sample-empty")).endDate));
    expect(ends).toEqual(ends.toSorted((one, other) => one - other));
    expect(new Set(ends).size).toBeGreaterThan(1);
  });

  // Not through the proxy: rows that change behind its back, between its reads, are drift to it, and rightly so.
  it.runIf(system !== "proxy")("sees a new row at once", async () => {
    const { database } = world();
    const before = await analytics(SESSION.connecting, "&timeRange=24h");
    const row = messageRow({ id: `new-${system}`, sessionId: SESSION.connecting, remoteJid: "15550007777@s.whatsapp.net", timestamp: new Date() });
    await insertRows(database, { whatsapp_messages: [row] });
    const after = await analytics(SESSION.connecting, "&timeRange=24h");
    expect(after.totalMessages).toBe(before.totalMessages + 1);
    await database.query("update whatsapp_messages set status = 'FAILED' where id = $1", [row.id]);
    expect(JSON.stringify((await analytics(SESSION.connecting, "&timeRange=24h"))["statusBreakdown"])).toContain("FAILED");
    await database.query("delete from whatsapp_messages where id = $1", [row.id]);
    expect((await analytics(SESSION.connecting, "&timeRange=24h")).totalMessages).toBe(before.totalMessages);
  });

  it("answers many at once alike", async () => {
    const bodies = await Promise.all(Array.from({ length: 12 }, () => analytics("sample-steady", "&timeRange=90d")));
    for (const body of bodies)
      expect(body).toEqual(analyticsOf({ ...(samples.get("steady") as Sample), range: "90d", end: Date.parse(body.endDate) }));
  });

  it("is open to the role user", async () => {
    const reply = await get(system, "/api/whatsapp/analytics?sessionId=sample-eighths", { as: CLAIMS.operator });
    expect(bodyOf(reply)).toMatchObject({ totalMessages: 24 });
  });

  it.each([SESSION.absent, SESSION.foreign, TENANT.alpha, "all", "a%20b"])("answers 404 for %s", async (sessionId) => {
    expect(await ask(sessionId)).toFailWith(404, NOT_FOUND);
  });

  it("requires sessionId", async () => {
    for (const query of ["", "?timeRange=7d", "?sessionid=sample-steady"]) {
      expect(await get(system, `/api/whatsapp/analytics${query}`)).toFailWith(400, "sessionId is required");
    }
  });
});

/**
 * Direct only: rows leave the windows every few milliseconds, so that two systems asked one after the other rightly differ.
 * Rows and contacts on a grid of 5 ms around the edges of a window: a request whose `end` falls on the grid has rows exactly
 * at an edge. Asked until one does; every answer on the way is compared in full too.
 */
describe.each(DIRECT_SYSTEMS)("%s: GET analytics at the edges", (system) => {
  const GRID_MS = 5;
  const ATTEMPTS = 150;

  const gridFor = (spanMs: number): number[] => {
    const from = Math.ceil(Date.now() / GRID_MS) * GRID_MS;
    return Array.from({ length: spanMs / GRID_MS }, (_, index) => from + index * GRID_MS);
  };

  /** How many of the answers, made while the grid lasts, had their `end` on it. */
  const countHits = async (sessionId: string, range: Range, rows: Sample, grid: readonly number[]): Promise<number> => {
    const [onGrid, last] = [new Set(grid), grid.at(-1) ?? 0];
    let hits = 0;
    for (let attempt = 0; attempt < ATTEMPTS && hits < 3 && Date.now() <= last; attempt += 1) {
      const body = bodyOf(await get(system, `/api/whatsapp/analytics?sessionId=${sessionId}&timeRange=${range}`)) as Body;
      const end = Date.parse(body.endDate);
      expect(body).toEqual(analyticsOf({ ...rows, range, end }));
      if (onGrid.has(end)) hits += 1;
    }
    return hits;
  };

  it.each(RANGE_NAMES)("counts rows exactly at `start` as inside, of %s", async (range) => {
    const sessionId = await newSession(`start-${system}-${range}`);
    const grid = gridFor(20 * SECOND_MS);
    const messages = grid.map((at, index) => ({ ...message(at - RANGES[range]), fromMe: index % 2 === 0 }));
    const contacts = grid.map((at) => at - RANGES[range]);
    await storeMessages(sessionId, messages);
    await storeContacts(sessionId, contacts);
    expect(await countHits(sessionId, range, { messages, contacts }, grid)).toBeGreaterThan(0);
  });

  // Few rows before and many now, so that a single row more or less in the previous window moves the changes.
  it.each(RANGE_NAMES)("counts rows exactly at the start of the window before as inside that one, of %s", async (range) => {
    const sessionId = await newSession(`previous-${system}-${range}`);
    const recent = times(3_000, (index) => ({ ...message(Date.now() - HOUR_MS + index), fromMe: index % 2 === 0 }));
    await storeMessages(sessionId, recent);
    let hits = 0;
    for (let round = 0; round < 8 && hits === 0; round += 1) {
      const grid = gridFor(1_500);
      const before = grid.map((at, index) => ({ ...message(at - 2 * RANGES[range]), fromMe: index % 2 === 0 }));
      await world().database.query(`delete from whatsapp_messages where "sessionId" = $1 and id like '%-before-%'`, [sessionId]);
      await storeMessages(sessionId, before, "-before-");
      hits = await countHits(sessionId, range, { messages: [...recent, ...before], contacts: [] }, grid);
    }
    expect(hits).toBeGreaterThan(0);
  });
});

async function newSession(sessionId: string): Promise<string> {
  await insertRows(world().database, { whatsapp_sessions: [sessionRow({ id: sessionId, sessionId, tenantId: TENANT.alpha })] });
  return sessionId;
}

async function storeMessages(sessionId: string, messages: readonly Traffic[], mark = "-"): Promise<void> {
  await world().database.query(
    `insert into whatsapp_messages (id, "sessionId", "messageId", "remoteJid", "fromMe", status, timestamp, "updatedAt")
     select $1 || $2 || i, $1, $1 || $2 || i, 'x@lid', f, 'READ', timezone('UTC', to_timestamp(ms / 1000.0)), now()
     from unnest($3::float8[], $4::bool[]) with ordinality as t (ms, f, i)`,
    [sessionId, mark, messages.map(({ at }) => at), messages.map(({ fromMe }) => fromMe)],
  );
}

async function storeContacts(sessionId: string, contacts: readonly number[]): Promise<void> {
  await world().database.query(
    `insert into whatsapp_contacts (id, "tenantId", jid, "sessionId", "lastMessageAt", "updatedAt")
     select $1 || i, $2, $1 || i || '@lid', $1, timezone('UTC', to_timestamp(ms / 1000.0)), now() from unnest($3::float8[]) with ordinality as t (ms, i)`,
    [sessionId, TENANT.alpha, contacts],
  );
}
