import { describe, expect, it } from "vitest";
import { isChannelName } from "./emission.ts";
import { connectionUpdate, pairingCode, qrCode, transferCancelled, transferDecided, transferRequested, transferred } from "./event-payloads.ts";
import { EVENTS } from "./events.ts";
import type { Emission } from "./emission.ts";

const SESSION = { tenantId: "t1", sessionId: "s1" };
const ENVELOPE = { sessionId: "s1", tenantId: "t1" };
const ACCOUNT = { phoneNumber: "15550100001", accountName: "Shop" };
const FACT = { tenantId: "t1", requestId: "r1", contact: { id: "k1", name: "Ann", sessionId: null } };
const USER = { id: "u1", name: "n".repeat(130), email: "u1@example.com" };

/** What is emitted is what the schema of its event says, keys in its order. */
function expectValid(emission: Emission): void {
  const payload = { ...emission.data, timestamp: 1 };
  expect(JSON.stringify(EVENTS[emission.event].parse(payload))).toBe(JSON.stringify(payload));
  expect(isChannelName(emission.channel)).toBe(true);
}

describe("connection.update", () => {
  it.each([
    ["CONNECTED", "connected", "open", ACCOUNT],
    ["CONNECTING", "connecting", "connecting", { phoneNumber: null, accountName: null }],
    ["QR_REQUIRED", "qr_required", "connecting", { phoneNumber: null, accountName: null }],
    ["DISCONNECTED", "disconnected", "close", { phoneNumber: null, accountName: null }],
    ["ERROR", "error", "close", { phoneNumber: null, accountName: null }],
  ] as const)("of %s is %s, %s", (status, expectedStatus, connection, account) => {
    const emission = connectionUpdate({ ...SESSION, ...ACCOUNT, status, reason: null });
    expectValid(emission);
    expect(emission).toEqual({
      tenantId: "t1",
      channel: "private-whatsapp.s1",
      event: "connection.update",
      data: { status: expectedStatus, connection, ...account, reason: null, lastDisconnect: null, ...ENVELOPE },
    });
  });

  it("tells the last error only of a close with a code", () => {
    const fact = { ...SESSION, ...ACCOUNT, reason: "logged_out", code: 401, message: "m".repeat(400) };
    expect(connectionUpdate({ ...fact, status: "DISCONNECTED" }).data).toMatchObject({
      lastDisconnect: { error: { message: "m".repeat(300), statusCode: 401 } },
    });
    expect(connectionUpdate({ ...fact, status: "DISCONNECTED", code: null }).data).toMatchObject({ lastDisconnect: null });
    expect(connectionUpdate({ ...fact, status: "CONNECTING", code: 515 }).data).toMatchObject({ lastDisconnect: null });
  });
});

describe("codes", () => {
  it("are flat", () => {
    expect(qrCode(SESSION, "2@abc")).toMatchObject({ event: "qr.code", data: { qr: "2@abc", ...ENVELOPE } });
    expect(pairingCode(SESSION, "ABCD1234")).toMatchObject({ event: "pairing.code", data: { code: "ABCD1234", ...ENVELOPE } });
  });
});

describe("transfers", () => {
  it("go to users, with the session of the contact, if any, and names cut", () => {
    const emissions = [
      ...transferRequested(FACT, ["a", "b"], { fromUser: USER, toUser: null, message: null, createdAt: "2026-03-04T05:06:07.089Z" }),
      transferDecided(FACT, "q", { isApproved: true, notes: "yes" }),
      transferDecided(FACT, "q", { isApproved: false, notes: null }),
      transferred(FACT, "f", USER),
      ...transferCancelled(FACT, ["a"]),
    ];
    emissions.forEach(expectValid);
    expect(emissions.map(({ channel, event }) => `${channel} ${event}`)).toEqual([
      "private-user.a transfer-request:new",
      "private-user.b transfer-request:new",
      "private-user.q transfer-request:approved",
      "private-user.q transfer-request:denied",
      "private-user.f transfer-request:transferred",
      "private-user.a transfer-request:cancelled",
    ]);
    expect(emissions[4]?.data).toMatchObject({ transferredTo: { name: "n".repeat(120) }, sessionId: null, tenantId: "t1" });
  });
});
