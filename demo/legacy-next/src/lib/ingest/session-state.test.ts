import { expect, test } from "vitest";
import { changesOf, type StateReport } from "./session-state.ts";

const NOW = new Date("2026-11-24T10:00:01.000Z");
const occurredAt = new Date("2026-11-24T10:00:00.000Z");
const REPORT: StateReport = {
  sessionId: "s",
  epoch: 1,
  seq: 1,
  status: "CONNECTED",
  phoneNumber: "15550100001",
  accountName: "Shop",
  reason: null,
  code: null,
  message: null,
  reconnectAttempts: 3,
  occurredAt,
};
const SESSION = { name: null, phoneNumber: null, accountName: null };
const ALWAYS = { lastConnectionEventAt: occurredAt, lastSync: NOW, qrCode: null, pairingCode: null };

test("an open socket names the account, and the session when it has no name", () => {
  expect(changesOf(REPORT, SESSION, NOW)).toEqual({
    ...ALWAYS,
    isActive: true,
    lastConnected: occurredAt,
    errorMessage: null,
    reconnectAttempts: 0,
    phoneNumber: "15550100001",
    accountName: "Shop",
    name: "Shop",
  });
  expect(changesOf(REPORT, { ...SESSION, name: "Mine" }, NOW)).toMatchObject({ name: "Mine" });
});

test("a socket that tries again keeps the reason it had, unless there is a new one", () => {
  const report: StateReport = { ...REPORT, status: "CONNECTING" };
  expect(changesOf(report, SESSION, NOW)).toEqual({ ...ALWAYS, isActive: false, reconnectAttempts: 3 });
  expect(changesOf({ ...report, reason: "connection_lost" }, SESSION, NOW)).toMatchObject({ lastDisconnectReason: "connection_lost" });
});

test.each([
  ["DISCONNECTED", "stopped_by_user", null, undefined],
  ["DISCONNECTED", "logged_out", "bye", "STOPPED"],
  ["DISCONNECTED", "qr_timeout", "bye", "STOPPED"],
  ["DISCONNECTED", "pairing_invalid", "bye", "STOPPED"],
  ["DISCONNECTED", "connection_lost", "bye", undefined],
  ["DISCONNECTED", null, "bye", undefined],
  ["ERROR", "replaced", "bye", "STOPPED"],
] as const)("%s for %s says %s and wants %s", (status, reason, errorMessage, desiredState) => {
  const changes = changesOf({ ...REPORT, status, reason, code: 440, message: "bye" }, SESSION, NOW);
  expect(changes).toEqual({
    ...ALWAYS,
    isActive: false,
    lastDisconnectReason: reason,
    lastDisconnectCode: 440,
    errorMessage,
    ...(desiredState === undefined ? {} : { desiredState }),
  });
});
