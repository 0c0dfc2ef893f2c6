import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../seed/random.ts";

/** One send as its client sees it. */
export type ClientSend = {
  readonly key: string;
  fate: "accepted" | "told unknown" | "open";
  tries: number;
  /** What no client should ever see. */
  problem: string | undefined;
};

export type ClientSettings = {
  /** Of every replica of the proxy. */
  readonly baseUrls: readonly string[];
  readonly authorization: string;
  readonly sessionId: string;
  readonly random: Random;
};

const PAUSE_MS = 100;
const MAX_TRIES_A_ROUND = 60;
const MEDIA_SHARE = 0.1;
const UNKNOWN = "The outcome of this send is unknown";

/** Sends something new, again and again, each until it is accepted or nobody knows; until `deadlineMs`. */
export async function runClient(name: string, settings: ClientSettings, deadlineMs: number): Promise<ClientSend[]> {
  const sends: ClientSend[] = [];
  while (Date.now() < deadlineMs) {
    const send: ClientSend = { key: `${name}-${sends.length}`, fate: "open", tries: 0, problem: undefined };
    sends.push(send);
    await insist(send, settings, deadlineMs);
    await sleep(settings.random.int(0, 40));
  }
  return sends;
}

/** Tries the same key until it is settled or the time is over, as a client with timeouts and patience does. */
export async function insist(send: ClientSend, settings: ClientSettings, deadlineMs: number): Promise<void> {
  for (let round = 0; round < MAX_TRIES_A_ROUND && Date.now() < deadlineMs; round += 1) {
    send.tries += 1;
    send.fate = await tryOnce(send, settings);
    if (send.fate !== "open" || send.problem !== undefined) return;
    await sleep(PAUSE_MS + settings.random.int(0, PAUSE_MS));
  }
}

async function tryOnce(send: ClientSend, { baseUrls, authorization, sessionId, random }: ClientSettings): Promise<ClientSend["fate"]> {
  const isMedia = hash(send.key) < MEDIA_SHARE;
  const path = isMedia ? "send-media" : "chat-messages";
  const fields = { sessionId, toJid: `1555010000${Math.floor(hash(send.key) * 10)}`, content: `message ${send.key}` };
  try {
    const response = await fetch(`${random.pick(baseUrls)}/api/whatsapp/${path}`, {
      method: "POST",
      headers: { authorization, "idempotency-key": send.key, ...(isMedia ? {} : { "content-type": "application/json" }) },
      body: isMedia ? formOf(fields) : JSON.stringify(fields),
      signal: AbortSignal.timeout(300 + random.int(0, 2_000)),
    });
    const text = await response.text();
    if (response.status === 200) return "accepted";
    if (response.status === 409 && text.includes(UNKNOWN)) return "told unknown";
    if (response.status !== 409 && response.status < 500) send.problem = `${response.status} ${text}`;
    return "open";
  } catch {
    return "open"; // refused, reset, timed out: it may have happened
  }
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([`a file for ${fields["content"] ?? ""}`], { type: "text/plain" }), "a.txt");
  return form;
}

/** The same for each try of a key, 0 to 1. */
function hash(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return sum / 9_973;
}
