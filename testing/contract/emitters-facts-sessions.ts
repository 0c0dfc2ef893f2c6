import { connected, LONG_NAME, LONG_WORDS, UPDATE, type Fact } from "./emitters-fact.ts";

/** QR and pairing codes, and everything that changes a connection. */
export const SESSION_FACTS = {
  "qr.code": [
    {
      what: "a first QR",
      given: (stage) => stage.session({ status: "CONNECTING" }),
      act: (stage) => stage.state("QR_REQUIRED", { qr: "2@first" }),
      told: [UPDATE, "qr.code"],
    },
    {
      what: "the next QR, and the same again",
      given: (stage) => stage.session({ status: "QR_REQUIRED", qrCode: "2@first" }),
      act: async (stage) => [await stage.state("QR_REQUIRED", { qr: "2@next" }), await stage.state("QR_REQUIRED", { qr: "2@next" })],
      told: ["qr.code"],
    },
    {
      what: "a test QR",
      given: connected,
      act: (stage) => stage.post("test-qr", { sessionId: stage.sessionId }),
      told: ["qr.code"],
      isStoredNowhere: true,
    },
  ],
  "pairing.code": [
    {
      what: "a pairing code",
      given: (stage) => stage.session({ status: "CONNECTING" }),
      act: (stage) => stage.state("QR_REQUIRED", { pairingCode: "ABCD1234" }),
      told: [UPDATE, "pairing.code"],
    },
  ],
  "connection.update": [
    { what: "a session asked for", act: (stage) => stage.post("connect", { sessionId: stage.sessionId, name: "New" }), told: [UPDATE] },
    {
      what: "a stopped session asked for again",
      given: (stage) => stage.session({ status: "ERROR", desiredState: "STOPPED", lastDisconnectReason: "replaced", lastDisconnectCode: 440 }),
      act: (stage) => stage.post("connect", { sessionId: stage.sessionId }),
      told: [UPDATE],
    },
    { what: "a session stopped", given: connected, act: (stage) => stage.post("disconnect", { sessionId: stage.sessionId }), told: [UPDATE] },
    {
      what: "a session deleted",
      given: connected,
      act: (stage) => stage.remove(`sessions?sessionId=${stage.sessionId}`),
      told: [UPDATE],
      isStoredNowhere: true,
    },
    {
      what: "an open socket, with a long name",
      given: (stage) => stage.session({ status: "CONNECTING", lastDisconnectReason: "connection_lost" }),
      act: (stage) => stage.state("CONNECTED", { phoneNumber: "15550100099", accountName: LONG_NAME }),
      told: [UPDATE],
    },
    {
      what: "a lost connection, and the same again",
      given: connected,
      act: async (stage) => [
        await stage.state("CONNECTING", { reason: "connection_lost", code: 428, message: "gone", reconnectAttempts: 1 }),
        await stage.state("CONNECTING", { reason: "connection_lost", code: 428, message: "gone", reconnectAttempts: 2 }),
      ],
      told: [UPDATE],
    },
    {
      what: "a log-out, with a long message",
      given: connected,
      act: (stage) => stage.state("DISCONNECTED", { reason: "logged_out", code: 401, message: LONG_WORDS }),
      told: [UPDATE],
    },
    { what: "an error without a message", given: connected, act: (stage) => stage.state("ERROR", { reason: "replaced", code: 440 }), told: [UPDATE] },
    { what: "an error without a code", given: connected, act: (stage) => stage.state("ERROR", { reason: "banned", message: "no" }), told: [UPDATE] },
    {
      what: "a QR nobody scanned",
      given: connected,
      act: (stage) => stage.state("DISCONNECTED", { reason: "qr_timeout", code: 408 }),
      told: [UPDATE],
    },
  ],
} satisfies Record<string, readonly Fact[]>;
