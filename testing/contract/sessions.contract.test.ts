import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { configReply, DEFAULT_SESSION_CONFIG, session as sessionSchema, sessionList, sessionStatusReply } from "../../domain/src/session.ts";
import { expectedConfig, expectedSession, inOrder } from "./expected.ts";
import { PAIRING_CODE, QR_TEXT } from "./fixture-sessions.ts";
import { SESSION, TENANT } from "./ids.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import type { Rows } from "./rows.ts";
import { shapeProblems } from "./shape.ts";
import { SYSTEMS, useWorld } from "./world.ts";

/** Contract 3.2 (status, sessions, admin list) and 3.8 (config). */

const { world, get } = useWorld();

const NOT_FOUND = "Session not found or access denied";
const QR_MAX_AGE_MS = 120_000;
const NOBODY = {
  status: "DISCONNECTED",
  qr: null,
  qrCode: null,
  pairingCode: null,
  socketStatus: "disconnected",
  isActive: false,
  errorMessage: null,
};

const statusOf = (values: Partial<typeof NOBODY> | Record<string, unknown>): unknown => ({ ...NOBODY, ...values });
const rowsOf = (tenantId: string): Rows["whatsapp_sessions"][number][] =>
  inOrder(
    world().rows.whatsapp_sessions.filter((row) => row.tenantId === tenantId),
    ({ lastSync }) => lastSync,
    "descending",
  );

const STATES: readonly (readonly [what: string, sessionId: string, wanted: unknown])[] = [
  ["connected, with the QR of the pairing left over", SESSION.live, statusOf({ status: "CONNECTED", socketStatus: "connected", isActive: true })],
  ["connected with a dead lease", SESSION.dead, statusOf({ status: "CONNECTED", isActive: true })],
  ["connected without a lease", SESSION.leaseless, statusOf({ status: "CONNECTED", isActive: true })],
  ["waiting with a fresh QR", SESSION.qrFresh, statusOf({ status: "QR_REQUIRED", socketStatus: "qr_required", qr: QR_TEXT, qrCode: QR_TEXT })],
  ["waiting with a QR of 121 s", SESSION.qrStale, statusOf({ status: "QR_REQUIRED", socketStatus: "qr_required" })],
  ["waiting with a QR of unknown age", SESSION.qrUndated, statusOf({ status: "QR_REQUIRED", socketStatus: "qr_required" })],
  ["pairing by code", SESSION.pairing, statusOf({ status: "QR_REQUIRED", socketStatus: "qr_required", pairingCode: PAIRING_CODE })],
  ["connecting, with a young QR left over", SESSION.connecting, statusOf({ status: "CONNECTING", socketStatus: "connecting" })],
  ["stopped by a user", SESSION.stopped, NOBODY],
  ["failed", SESSION.failed, statusOf({ status: "ERROR", errorMessage: "Another client took over" })],
  ["never made", SESSION.absent, NOBODY],
  ["of another tenant", SESSION.foreign, NOBODY],
  ["named like the caller's tenant", TENANT.alpha, NOBODY],
  ["of an impossible form", "a%20b%2Fc%3B'--", NOBODY],
  ["of 10,000 characters", "x".repeat(10_000), NOBODY],
];

describe.each(SYSTEMS)("%s", (system) => {
  describe("GET status", () => {
    it.each(STATES)("of a session %s", async (_, sessionId, wanted) => {
      const body = bodyOf(await get(system, `/api/whatsapp/status?sessionId=${sessionId}`));
      expect(shapeProblems(sessionStatusReply, body)).toEqual([]);
      expect(body).toEqual(wanted);
    });

    it("is open to the role user", async () => {
      expect(bodyOf(await get(system, `/api/whatsapp/status?sessionId=${SESSION.live}`, { as: CLAIMS.operator }))).toMatchObject({
        status: "CONNECTED",
      });
    });

    it("shows a QR until it is 120 s old", async () => {
      const { database } = world();
      const ageMs = QR_MAX_AGE_MS - 1_200;
      const sql = `update whatsapp_sessions set "qrUpdatedAt" = timezone('UTC', now()) - make_interval(secs => $1) where "sessionId" = $2 returning
        extract(epoch from "qrUpdatedAt" at time zone 'UTC') * 1000 as at`;
      const { rows } = await database.query<{ at: string }>(sql, [ageMs / 1_000, SESSION.qrFresh]);
      const expiresAtMs = Number(rows[0]?.at) + QR_MAX_AGE_MS;
      const samples: { beforeMs: number; afterMs: number; qr: unknown }[] = [];
      while (Date.now() < expiresAtMs + 300) {
        const beforeMs = Date.now();
        const { qr } = bodyOf(await get(system, `/api/whatsapp/status?sessionId=${SESSION.qrFresh}`)) as { qr: unknown };
        samples.push({ beforeMs, afterMs: Date.now(), qr });
        await sleep(20);
      }
      expect(samples.filter(({ afterMs, qr }) => afterMs < expiresAtMs - 5 && qr !== QR_TEXT)).toEqual([]);
      expect(samples.filter(({ beforeMs, qr }) => beforeMs > expiresAtMs + 5 && qr !== null)).toEqual([]);
      expect(new Set(samples.map(({ qr }) => qr))).toEqual(new Set([QR_TEXT, null]));
      await database.query(`update whatsapp_sessions set "qrUpdatedAt" = $1 where "sessionId" = $2`, [
        world()
          .rows.whatsapp_sessions.find(({ sessionId }) => sessionId === SESSION.qrFresh)
          ?.qrUpdatedAt?.toISOString(),
        SESSION.qrFresh,
      ]);
    });
  });

  describe("GET sessions", () => {
    it("lists the tenant's sessions by lastSync and id, each field as the table says", async () => {
      const { rows } = world();
      const body = bodyOf(await get(system, "/api/whatsapp/sessions")) as { sessions: { sessionId: string }[] };
      expect(shapeProblems(sessionList, body)).toEqual([]);
      const wanted = rowsOf(TENANT.alpha);
      expect(body.sessions.map(({ sessionId }) => sessionId)).toEqual(wanted.map(({ sessionId }) => sessionId));
      expect(body.sessions).toEqual(wanted.map((row) => expectedSession(row, rows, Date.now())));
    });

    it("counts the statuses, disjointly, in the summary", async () => {
      const { summary } = bodyOf(await get(system, "/api/whatsapp/sessions")) as { summary: unknown };
      expect(summary).toEqual({ total: 10, connected: 3, qrRequired: 4, connecting: 1 });
      const { summary: foreign } = bodyOf(await get(system, "/api/whatsapp/sessions", { as: CLAIMS.foreign })) as { summary: unknown };
      expect(foreign).toEqual({ total: 1, connected: 1, qrRequired: 0, connecting: 0 });
    });

    it("shows the other tenant its own sessions only", async () => {
      const { rows } = world();
      const { sessions } = bodyOf(await get(system, "/api/whatsapp/sessions", { as: CLAIMS.foreign })) as { sessions: unknown[] };
      expect(sessions).toEqual(rowsOf(TENANT.beta).map((row) => expectedSession(row, rows, Date.now())));
    });

    it("has no parameters", async () => {
      const plain = await get(system, "/api/whatsapp/sessions");
      expect((await get(system, "/api/whatsapp/sessions?limit=1&offset=1&status=CONNECTED&sessionId=x")).text).toBe(plain.text);
      expect((await get(system, "/api/whatsapp/sessions", { as: CLAIMS.operator })).text).toBe(plain.text);
    });

    it("never shows credentials, secrets, codes or metadata of the row", async () => {
      const { text } = await get(system, "/api/whatsapp/sessions");
      for (const secret of ["sendSecret", "0".repeat(64), "creds", QR_TEXT, PAIRING_CODE, "LEFT-OVER", "never shown", "leaseOwner", "worker-1"]) {
        expect([secret, text.includes(secret)]).toEqual([secret, false]);
      }
    });
  });

  describe("GET /api/admin/whatsapp", () => {
    it("is the same list as a bare array", async () => {
      const body = bodyOf(await get(system, "/api/admin/whatsapp"));
      expect(shapeProblems(sessionSchema.array(), body)).toEqual([]);
      const { sessions } = bodyOf(await get(system, "/api/whatsapp/sessions")) as { sessions: unknown };
      expect(JSON.stringify(body)).toBe(JSON.stringify(sessions));
    });
  });

  describe("GET config", () => {
    const config = (sessionId: string): string => `/api/whatsapp/config?sessionId=${sessionId}`;

    it("answers the eight keys of the stored row", async () => {
      for (const sessionId of [SESSION.live, SESSION.stopped]) {
        const row = world().rows.whatsapp_session_configs.find((each) => each.sessionId === sessionId);
        const body = bodyOf(await get(system, config(sessionId)));
        expect(shapeProblems(configReply, body)).toEqual([]);
        expect(body).toEqual({ config: row === undefined ? undefined : expectedConfig(row) });
      }
    });

    it("answers the defaults without a row, and stores none", async () => {
      const body = bodyOf(await get(system, config(SESSION.dead)));
      expect(shapeProblems(configReply, body)).toEqual([]);
      expect(body).toEqual({ config: DEFAULT_SESSION_CONFIG });
      const { rowCount } = await world().database.query(`select 1 from whatsapp_session_configs where "sessionId" = $1`, [SESSION.dead]);
      expect(rowCount).toBe(0);
    });

    it.each([SESSION.absent, SESSION.foreign, TENANT.alpha, "all", "a%20b", "c-session-live", SESSION.live.toUpperCase()])(
      "answers 404 for %s",
      async (sessionId) => {
        expect(await get(system, config(sessionId))).toFailWith(404, NOT_FOUND);
      },
    );
  });
});
