import { describe, expect, it } from "vitest";
import type { Close } from "./close.ts";
import { nextStep } from "./machine.ts";
import { INITIAL_STATE, type SessionEffect, type SessionEvent, type SessionState } from "./state.ts";

const OPEN: SessionState = { ...INITIAL_STATE, phase: "open", isPaired: true };
const PAIRING: SessionState = { ...INITIAL_STATE, phase: "pairing" };

type Closed = Extract<SessionEvent, { type: "closed" }>;
type Given = Partial<Close> & Partial<Omit<Closed, "type" | "close">>;

function closed({ openForMs = 0, isLeaseLive = true, random = 1, ...close }: Given = {}): Closed {
  return { type: "closed", close: { code: undefined, origin: "whatsapp", hasUsedUpCodes: false, ...close }, openForMs, isLeaseLive, random };
}

const run = (state: SessionState, ...events: SessionEvent[]): readonly [SessionState, readonly SessionEffect[]] =>
  events.reduce<readonly [SessionState, readonly SessionEffect[]]>(([now], event) => nextStep(now, event), [state, []]);
const kinds = (effects: readonly SessionEffect[]): string[] => effects.map(({ type }) => type);
const reported = (effects: readonly SessionEffect[]) => effects.find((effect) => effect.type === "report")?.report;

describe("a socket that closes", () => {
  const table = [
    { code: 515, status: "CONNECTING", reason: "restart_required", phase: "connecting", does: ["report", "connect"] },
    { code: 428, status: "CONNECTING", reason: "connection_lost", phase: "waiting", does: ["report", "wait"] },
    { code: 408, status: "CONNECTING", reason: "connection_lost", phase: "waiting", does: ["report", "wait"] },
    { code: 503, status: "CONNECTING", reason: "connection_lost", phase: "waiting", does: ["report", "wait"] },
    { code: 500, status: "CONNECTING", reason: "connection_lost", phase: "waiting", does: ["report", "wait"] },
    { code: 499, status: "CONNECTING", reason: "connection_lost", phase: "waiting", does: ["report", "wait"] },
    { code: undefined, status: "CONNECTING", reason: "connection_lost", phase: "waiting", does: ["report", "wait"] },
    { code: 401, status: "DISCONNECTED", reason: "logged_out", phase: "finished", does: ["wipeCredentials", "report", "finish"] },
    { code: 440, status: "CONNECTING", reason: "replaced", phase: "waiting", does: ["report", "wait"] },
    { code: 402, status: "ERROR", reason: "banned", phase: "finished", does: ["alert", "report", "finish"] },
    { code: 403, status: "ERROR", reason: "banned", phase: "finished", does: ["alert", "report", "finish"] },
    { code: 405, status: "ERROR", reason: "client_outdated", phase: "finished", does: ["alert", "report", "finish"] },
    { code: 411, status: "DISCONNECTED", reason: "pairing_invalid", phase: "finished", does: ["wipeCredentials", "report", "finish"] },
  ] as const;

  it.each(table)("with $code is $reason", ({ code, status, reason, phase, does }) => {
    const [state, effects] = nextStep(OPEN, closed({ code }));
    expect(state.phase).toBe(phase);
    expect(kinds(effects)).toEqual(does);
    expect(reported(effects)).toMatchObject({ status, reason });
  });

  it("because nobody scanned any code stops, although it is a 408", () => {
    const [state, effects] = nextStep(PAIRING, closed({ code: 408, hasUsedUpCodes: true }));
    expect(state.phase).toBe("finished");
    expect(reported(effects)).toMatchObject({ status: "DISCONNECTED", reason: "qr_timeout", code: 408 });
    expect(kinds(effects)).not.toContain("wait");
  });

  it("because of a proxy's 401 keeps the credentials", () => {
    const [state, effects] = nextStep(OPEN, closed({ code: 401, origin: "network" }));
    expect(state.phase).toBe("waiting");
    expect(kinds(effects)).not.toContain("wipeCredentials");
  });
});

describe("trying again", () => {
  it("waits longer and longer, and says how often it has", () => {
    let state = OPEN;
    const waits: number[] = [];
    const attempts: number[] = [];
    for (let time = 0; time < 8; time += 1) {
      const [after, effects] = nextStep(state, closed({ code: 428 }));
      waits.push(effects.find((effect) => effect.type === "wait")?.ms ?? -1);
      attempts.push(reported(effects)?.reconnectAttempts ?? -1);
      [state] = nextStep(after, { type: "retryDue" });
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("starts a new count after a connection that held", () => {
    const [state] = nextStep({ ...OPEN, attempts: 7, badCloses: 4 }, closed({ code: 500, openForMs: 30_000 }));
    expect(state).toMatchObject({ attempts: 1, badCloses: 1 });
  });

  it("does not start a new count after one that was open for a moment", () => {
    const [state] = nextStep({ ...OPEN, attempts: 7 }, closed({ code: 428, openForMs: 29_999 }));
    expect(state.attempts).toBe(8);
  });

  it("gives a session up that WhatsApp keeps breaking", () => {
    let state = OPEN;
    let effects: readonly SessionEffect[] = [];
    for (let time = 0; time < 5; time += 1) [state, effects] = run(state, { type: "retryDue" }, closed({ code: 500 }));
    expect(state.phase).toBe("finished");
    expect(reported(effects)).toMatchObject({ status: "ERROR", reason: "bad_session", code: 500 });
  });

  it("gives a pairing up whose connection is lost again and again", () => {
    let state: SessionState = PAIRING;
    let effects: readonly SessionEffect[] = [];
    for (let time = 0; time < 6; time += 1) [state, effects] = run(state, { type: "retryDue" }, closed({ code: 428 }));
    expect(state.phase).toBe("finished");
    expect(reported(effects)).toMatchObject({ status: "DISCONNECTED", reason: "qr_timeout" });
  });

  it("backs off when restarts are asked for without an end", () => {
    let state = OPEN;
    let effects: readonly SessionEffect[] = [];
    for (let time = 0; time < 4; time += 1) [state, effects] = nextStep(state, closed({ code: 515 }));
    expect(kinds(effects)).toEqual(["report", "wait"]);
  });
});

describe("a conflict", () => {
  it("is retried once while the lease is live, and is an error the second time, even when the retry had opened", () => {
    const opened: SessionEvent = { type: "opened", phoneNumber: null, accountName: null };
    const [state, effects] = run(OPEN, closed({ code: 440 }), { type: "retryDue" }, opened, closed({ code: 440, openForMs: 599_999 }));
    expect(state.phase).toBe("finished");
    expect(reported(effects)).toMatchObject({ status: "ERROR", reason: "replaced", code: 440 });
  });

  it("ends without a word when the lease is another worker's", () => {
    const [state, effects] = nextStep(OPEN, closed({ code: 440, isLeaseLive: false }));
    expect(state.phase).toBe("finished");
    expect(kinds(effects)).toEqual(["finish"]);
  });
});

describe("pairing", () => {
  it("shows each code, by QR and by letters", () => {
    const [state, effects] = run({ ...INITIAL_STATE, phase: "connecting" }, { type: "code", kind: "qr", text: "1@a" });
    expect(state.phase).toBe("pairing");
    expect(effects).toEqual([{ type: "showCode", kind: "qr", text: "1@a" }]);
    const [, next] = nextStep(state, { type: "code", kind: "pairing", text: "ABCD1234" });
    expect(next).toEqual([{ type: "showCode", kind: "pairing", text: "ABCD1234" }]);
  });

  it("is followed by the restart WhatsApp asks for, and opens", () => {
    const [state, effects] = run(PAIRING, { type: "paired" }, closed({ code: 515 }), {
      type: "opened",
      phoneNumber: "15550100001",
      accountName: "Desk",
    });
    expect(state).toMatchObject({ phase: "open", isPaired: true });
    expect(reported(effects)).toEqual({ status: "CONNECTED", reconnectAttempts: 0, phoneNumber: "15550100001", accountName: "Desk" });
  });

  it("shows no code to a device that is paired", () => {
    expect(nextStep(OPEN, { type: "code", kind: "qr", text: "1@a" })).toEqual([OPEN, []]);
  });

  it("begins anew when the other way is asked for", () => {
    const [state, effects] = nextStep(PAIRING, { type: "pairingChanged" });
    expect(state.phase).toBe("connecting");
    expect(kinds(effects)).toEqual(["end", "report", "connect"]);
  });
});

describe("stopping", () => {
  it("by a user ends the socket and says so", () => {
    const [state, effects] = nextStep(OPEN, { type: "stop", reason: "stopped_by_user" });
    expect(state.phase).toBe("finished");
    expect(kinds(effects)).toEqual(["stopWaiting", "end", "report", "finish"]);
    expect(reported(effects)).toEqual({ status: "DISCONNECTED", reason: "stopped_by_user", reconnectAttempts: 0 });
  });

  it("logs the device of a deleted session out when its socket is open, and says nothing", () => {
    expect(kinds(nextStep(OPEN, { type: "stop", reason: "deleted" })[1])).toEqual(["stopWaiting", "logout", "finish"]);
    expect(kinds(nextStep({ ...OPEN, phase: "waiting" }, { type: "stop", reason: "deleted" })[1])).toEqual(["stopWaiting", "end", "finish"]);
  });

  it("for another worker leaves the session connecting; a lost lease says nothing", () => {
    expect(reported(nextStep(OPEN, { type: "stop", reason: "handed_over" })[1])).toMatchObject({ status: "CONNECTING", reason: "restart_required" });
    expect(reported(nextStep(OPEN, { type: "stop", reason: "lease_lost" })[1])).toBeUndefined();
  });

  it("is final: nothing that comes later changes anything", () => {
    const [state] = nextStep(OPEN, { type: "stop", reason: "stopped_by_user" });
    const events: SessionEvent[] = [
      { type: "start", isPaired: true },
      { type: "code", kind: "qr", text: "1@a" },
      { type: "paired" },
      { type: "opened", phoneNumber: null, accountName: null },
      closed({ code: 428 }),
      { type: "retryDue" },
      { type: "pairingChanged" },
      { type: "stop", reason: "deleted" },
    ];
    for (const event of events) expect(nextStep(state, event)).toEqual([state, []]);
  });
});
