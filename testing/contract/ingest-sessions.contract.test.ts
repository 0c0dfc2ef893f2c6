import { describe, expect, it } from "vitest";
import { SESSION, TENANT } from "./ids.ts";
import { sessionEvent } from "./events.ts";
import { useObservation } from "./observe.ts";
import { bodyOf } from "./replies.ts";
import { CLAIMS } from "./requests.ts";
import { createScene, minutesAgo } from "./scene.ts";
import { ingestWith, INTERNAL, serviceToken, type ServiceToken } from "./service-calls.ts";
import { nowS, signToken } from "./tokens.ts";
import { SERVICE_SECRETS, SYSTEMS, useWorld } from "./world.ts";

/** Contract 4.1 and 4.2: who may call the internal API, and what a worker says of its sessions. */

const contract = useWorld();
const { client } = contract;
const observation = useObservation(contract);
const { standstill, untouched } = observation;
const { call, ingest } = ingestWith(observation);
const scene = createScene(contract);

const recent: unknown = expect.toBeRecent();
const AT = "2026-11-01T10:00:00.000Z";
const STORED_AT = "2026-11-01T10:00:00";
const DETAILS = { reconnectAttempts: 0, occurredAt: AT } as const;
const NO_SESSION = "Session not found or access denied";

const BATCHES = [
  ["messages", "messages"],
  ["messages/status", "messages"],
  ["messages/changes", "messages"],
  ["contacts", "contacts"],
  ["groups", "contacts"],
  ["media", "media"],
] as const;
const PATHS = [...BATCHES, [`sessions/${SESSION.live}/state`, "sessions"], [`sessions/${SESSION.live}/qr`, "sessions"]] as const;

/** Made when they are asked: their times are relative to now. */
const refused = (): readonly (readonly [what: string, token: ServiceToken])[] => [
  ["another secret", { secret: "another-secret-of-some-length" }],
  ["the secret of users", { secret: "contract-suite-secret-of-fair-length" }],
  ["no aud", { claims: { aud: undefined } }],
  ["another aud", { claims: { aud: "candidate" } }],
  ["no sub", { claims: { sub: undefined } }],
  ["an exp in the past", { claims: { iat: nowS() - 400, exp: nowS() - 100 } }],
  ["no exp", { claims: { exp: undefined } }],
  ["no iat", { claims: { iat: undefined } }],
  ["a life of 301 s", { claims: { iat: nowS(), exp: nowS() + 301 } }],
  ["an iat a minute ahead", { claims: { iat: nowS() + 60, exp: nowS() + 120 } }],
];

const update = (sessionId: string, values: object): object =>
  sessionEvent("connection.update", sessionId, { phoneNumber: null, accountName: null, reason: null, lastDisconnect: null, ...values });

describe.each(SYSTEMS)("%s: the internal API", (system) => {
  describe.each(PATHS)("%s", (path, scope) => {
    it("asks for a worker's token, and for its scope", async () => {
      const before = await standstill(system);
      for (const [what, token] of refused()) {
        const reply = await call(system, path, {}, token);
        expect([what, reply.status, reply.json]).toEqual([what, 401, { error: "Unauthorized" }]);
      }
      const target = `${INTERNAL}/${path}`;
      const user = signToken(CLAIMS.owner);
      for (const headers of [
        {},
        { authorization: `Bearer ${user}` },
        { cookie: `next-auth.session-token=${user}` },
        { cookie: `next-auth.session-token=${serviceToken()}` },
      ] as const) {
        const type = { "content-type": "application/json" };
        expect(await client(system).send({ target, method: "POST", body: "{}", headers: { ...type, ...headers } })).toBeUnauthorized();
      }
      for (const other of ["", "ingest", `ingest:${scope}x`, `ingest:${scope === "media" ? "contacts" : "media"}`])
        expect(await call(system, path, {}, { claims: { scope: other } })).toFailWith(403, "Forbidden");
      expect((await call(system, path, {}, { claims: { scope: `ingest:${scope}` } })).status).toBe(400);
      expect((await call(system, path, {}, { secret: SERVICE_SECRETS[1] })).status).toBe(400);
      expect(await untouched(system)).toBe(before);
    });

    it("answers 405 to other methods, 415 and 400 to other bodies", async () => {
      const authorization = { authorization: `Bearer ${serviceToken()}` };
      for (const method of ["GET", "PUT", "DELETE"] as const)
        expect((await client(system).send({ target: `${INTERNAL}/${path}`, method, headers: authorization })).status).toBe(405);
      const type = { ...authorization, "content-type": "text/plain" };
      expect(await client(system).send({ target: `${INTERNAL}/${path}`, method: "POST", body: "{}", headers: type })).toFailWith(
        415,
        "Unsupported content type",
      );
      for (const body of ["{", "[]", "null"]) expect(await call(system, path, body)).toFailWith(400, "Invalid JSON body");
    });
  });

  it.each(BATCHES)("refuses a bad envelope of %s, and an unknown session", async (path) => {
    const before = await standstill(system);
    const of = (values: object): Promise<{ status: number; json: unknown }> => call(system, path, values);
    const required = { error: "sessionId is required", details: ["sessionId is required", "items is required"] };
    expect(await of({})).toFailWith(400, required);
    for (const items of [{}, "x", [], Array.from({ length: 101 }, () => ({}))])
      expect(await of({ sessionId: SESSION.live, items })).toFailWith(400, "items is invalid");
    expect(await of({ sessionId: SESSION.absent, items: [{}] })).toFailWith(404, NO_SESSION);
    expect(await untouched(system)).toBe(before);
  });

  it("answers 404 to unknown paths, and has no alias", async () => {
    expect(await call(system, "nope", {})).toFailWith(404, "Not found");
    expect(await call(system, `sessions/${SESSION.live}/nope`, {})).toFailWith(404, "Not found");
  });
});

describe.each(SYSTEMS)("%s: session state", (system) => {
  const running = { desiredState: "RUNNING", leaseEpoch: 3, leaseOwner: "worker-1" } as const;
  const state = (sessionId: string, body: object, emits = 0) =>
    ingest(system, `sessions/${sessionId}/state`, { epoch: 3, seq: 1, ...DETAILS, ...body }, emits);
  const stamps = { stateEpoch: 3, stateSeq: 1, lastConnectionEventAt: STORED_AT, lastSync: recent };

  it("connects: account, number, name when it had none, no QR left", async () => {
    const session = await scene.session({
      ...running,
      status: "QR_REQUIRED",
      qrCode: "2@x",
      pairingCode: "A",
      errorMessage: "e",
      reconnectAttempts: 5,
    });
    const { reply, changes, emissions } = await state(
      session.sessionId,
      { status: "CONNECTED", phoneNumber: "15550005000", accountName: "Shop", tenantId: TENANT.beta },
      1,
    );
    expect(bodyOf(reply)).toEqual({ success: true, outcome: "updated" });
    expect(changes).toEqual({
      whatsapp_sessions: {
        updated: {
          [session.id]: {
            status: "CONNECTED",
            isActive: true,
            lastConnected: STORED_AT,
            errorMessage: null,
            qrCode: null,
            pairingCode: null,
            reconnectAttempts: 0,
            phoneNumber: "15550005000",
            accountName: "Shop",
            name: "Shop",
            ...stamps,
          },
        },
      },
    });
    expect(emissions).toEqual([
      update(session.sessionId, { status: "connected", connection: "open", phoneNumber: "15550005000", accountName: "Shop" }),
    ]);
  });

  it("keeps the name it was given", async () => {
    const session = await scene.session({ ...running, status: "CONNECTING", name: "Mine" });
    const { changes } = await state(session.sessionId, { status: "CONNECTED", phoneNumber: "15550005000", accountName: "Shop" }, 1);
    expect(changes.whatsapp_sessions?.updated?.[session.id]).not.toHaveProperty("name");
  });

  it("reconnects: with a reason, once per change", async () => {
    const session = await scene.connected();
    const body = { status: "CONNECTING", reason: "connection_lost", code: 428, reconnectAttempts: 2 };
    const first = await state(session.sessionId, body, 1);
    const after = { status: "CONNECTING", isActive: false, reconnectAttempts: 2, lastDisconnectReason: "connection_lost", ...stamps };
    expect(first.changes).toEqual({ whatsapp_sessions: { updated: { [session.id]: after } } });
    expect(first.emissions).toEqual([update(session.sessionId, { status: "connecting", connection: "connecting", reason: "connection_lost" })]);
    const again = await state(session.sessionId, { ...body, seq: 2, reconnectAttempts: 3 });
    expect(bodyOf(again.reply)).toEqual({ success: true, outcome: "updated" });
    expect(again.emissions).toEqual([]);
  });

  it.each([
    ["DISCONNECTED", "logged_out", 401, true],
    ["DISCONNECTED", "qr_timeout", 408, true],
    ["DISCONNECTED", "pairing_invalid", 411, true],
    ["DISCONNECTED", "connection_lost", 503, false],
    ["ERROR", "replaced", 440, true],
    ["ERROR", "banned", 403, true],
  ] as const)("stores %s %s (%s)", async (status, reason, code, stops) => {
    const session = await scene.connected();
    const { changes, emissions } = await state(session.sessionId, { status, reason, code, message: "why" }, 1);
    expect(changes.whatsapp_sessions?.updated?.[session.id]).toEqual({
      status,
      isActive: false,
      lastDisconnectReason: reason,
      lastDisconnectCode: code,
      errorMessage: "why",
      ...stamps,
      ...(stops ? { desiredState: "STOPPED" } : {}),
    });
    const wire = status === "ERROR" ? "error" : "disconnected";
    const lastDisconnect = { error: { message: "why", statusCode: code } };
    expect(emissions).toEqual([update(session.sessionId, { status: wire, connection: "close", reason, lastDisconnect })]);
  });

  it("applies a report once, and none that is older", async () => {
    const session = await scene.session({ ...running, status: "CONNECTING", stateEpoch: 3, stateSeq: 7 });
    for (const pair of [
      { epoch: 3, seq: 7 },
      { epoch: 3, seq: 6 },
    ]) {
      const { reply, changes, emissions } = await state(session.sessionId, { status: "CONNECTED", ...pair });
      expect(bodyOf(reply)).toEqual({ success: true, outcome: "unchanged" });
      expect([changes, emissions]).toEqual([{}, []]);
    }
    expect(bodyOf((await state(session.sessionId, { status: "CONNECTED", epoch: 4, seq: 1 }, 1)).reply)).toEqual({
      success: true,
      outcome: "updated",
    });
  });

  it("refuses a stale lease, and a session that was stopped", async () => {
    const session = await scene.session({ ...running, status: "CONNECTING" });
    const stale = await state(session.sessionId, { status: "CONNECTED", epoch: 2 });
    expect(stale.reply).toFailWith(409, "Lease epoch is stale");
    const stopped = await scene.session({ leaseEpoch: 3 });
    const late = await state(stopped.sessionId, { status: "CONNECTED" });
    expect(late.reply).toFailWith(409, "Session is stopped");
    expect([stale.changes, stale.emissions, late.changes, late.emissions]).toEqual([{}, [], {}, []]);
    expect((await state(stopped.sessionId, { status: "DISCONNECTED", reason: "stopped_by_user" })).reply).toBeJson();
  });

  it("names bad fields, and answers 404 to unknown sessions", async () => {
    const { sessionId } = await scene.session(running);
    const required = ["epoch", "seq", "status", "reconnectAttempts", "occurredAt"].map((name) => `${name} is required`);
    expect(await call(system, `sessions/${sessionId}/state`, {})).toFailWith(400, { error: required[0] ?? "", details: required });
    for (const [name, value] of [
      ["epoch", "1"],
      ["epoch", 1.5],
      ["seq", -1],
      ["status", "QR_REQUIRED"],
      ["status", "connected"],
      ["occurredAt", "yesterday"],
      ["code", "401"],
    ] as const) {
      const { reply, changes } = await state(sessionId, { status: "CONNECTED", [name]: value });
      expect([name, reply.status, reply.json]).toEqual([name, 400, { error: `${name} is invalid` }]);
      expect(changes).toEqual({});
    }
    for (const unknown of [SESSION.absent, "a%20b", "%00"]) expect((await state(unknown, { status: "CONNECTED" })).reply).toFailWith(404, NO_SESSION);
  });
});

describe.each(SYSTEMS)("%s: session QR", (system) => {
  const qr = (sessionId: string, body: object, emits = 0) =>
    ingest(system, `sessions/${sessionId}/qr`, { epoch: 3, seq: 1, occurredAt: AT, ...body }, emits);

  it("stores a QR and broadcasts the new status, then the QR; the same text again is unchanged", async () => {
    const session = await scene.session({ desiredState: "RUNNING", leaseEpoch: 3, status: "CONNECTING", updatedAt: minutesAgo(9) });
    const first = await qr(session.sessionId, { qr: "2@first" }, 2);
    expect(bodyOf(first.reply)).toEqual({ success: true, outcome: "updated" });
    expect(first.changes).toEqual({
      whatsapp_sessions: {
        updated: {
          [session.id]: {
            status: "QR_REQUIRED",
            qrCode: "2@first",
            qrUpdatedAt: expect.any(String),
            lastConnectionEventAt: STORED_AT,
            lastSync: recent,
            stateEpoch: 3,
            stateSeq: 1,
          },
        },
      },
    });
    const required = update(session.sessionId, { status: "qr_required", connection: "connecting" });
    expect(first.emissions).toEqual([required, sessionEvent("qr.code", session.sessionId, { qr: "2@first" })]);
    const same = await qr(session.sessionId, { qr: "2@first", seq: 2 });
    expect([bodyOf(same.reply), same.emissions]).toEqual([{ success: true, outcome: "unchanged" }, []]);
    const next = await qr(session.sessionId, { qr: "2@second", seq: 3 }, 1);
    expect(next.emissions).toEqual([sessionEvent("qr.code", session.sessionId, { qr: "2@second" })]);
  });

  it("stores a pairing code", async () => {
    const session = await scene.session({ desiredState: "RUNNING", leaseEpoch: 3, status: "QR_REQUIRED" });
    const { changes, emissions } = await qr(session.sessionId, { pairingCode: "ABCD-1234" }, 1);
    expect(changes.whatsapp_sessions?.updated?.[session.id]).toMatchObject({ pairingCode: "ABCD-1234" });
    expect(emissions).toEqual([sessionEvent("pairing.code", session.sessionId, { code: "ABCD-1234" })]);
  });

  it("refuses a stale lease, a stopped session and an empty report", async () => {
    const session = await scene.session({ desiredState: "RUNNING", leaseEpoch: 3 });
    expect((await qr(session.sessionId, { qr: "2@x", epoch: 2 })).reply).toFailWith(409, "Lease epoch is stale");
    const stopped = await scene.session({ leaseEpoch: 3 });
    expect((await qr(stopped.sessionId, { qr: "2@x" })).reply).toFailWith(409, "Session is stopped");
    expect((await qr(session.sessionId, {})).reply.status).toBe(400);
  });
});
