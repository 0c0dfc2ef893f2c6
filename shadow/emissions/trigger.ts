import { z } from "zod";

/** One event as an emitter handed it over, with the channels it goes to. */
export type TriggeredEvent = {
  readonly name: string;
  readonly channels: readonly string[];
  /** The payload's JSON text: `data` is JSON within JSON. */
  readonly payload: string;
  /** As it stood in the body. */
  readonly item: Readonly<Record<string, unknown>>;
};

export type ParsedTrigger =
  | { readonly kind: "triggered"; readonly events: readonly TriggeredEvent[] }
  | { readonly kind: "refused"; readonly status: 400 | 413; readonly error: string };

const MAX_PAYLOAD_BYTES = 100 * 1_024;
const MAX_BATCH = 10;
const MAX_CHANNELS = 100;
const MAX_NAME = 200;
/** `#server-to-user-…` is how the client library addresses a signed-in user. */
const CHANNEL = /^#?[-a-zA-Z0-9_=@,.;]{1,200}$/;

/** No body that the protocol allows is longer: ten payloads, every character escaped, and what stands around them. */
export const MAX_BODY_BYTES = MAX_BATCH * MAX_PAYLOAD_BYTES * 2 + 65_536;

const channelName = z.string().regex(CHANNEL);
const event = z.looseObject({ name: z.string().min(1).max(MAX_NAME), data: z.unknown() });
const single = event.extend({ channel: channelName.optional(), channels: z.array(channelName).min(1).optional() });
const batched = event.extend({ channel: channelName });
const batch = z.object({ batch: z.array(z.unknown()) });

/** The events in the body of `events` or `batch_events`. */
export function parseTrigger(body: Uint8Array, isBatch: boolean): ParsedTrigger {
  const value = parseJson(body);
  if (value === undefined) return refuse(400, "The body is not JSON");
  if (!isBatch) return toParsed([toEvent(single.safeParse(value))]);
  const parsed = batch.safeParse(value);
  if (!parsed.success) return refuse(400, 'Expected {"batch": [...]}');
  const items = parsed.data.batch;
  if (items.length > MAX_BATCH) return refuse(400, `Cannot batch-send more than ${MAX_BATCH} messages at once`);
  return toParsed(items.map((item) => toEvent(batched.safeParse(item))));
}

type Refusal = Extract<ParsedTrigger, { kind: "refused" }>;
type Parsed = z.ZodSafeParseResult<z.infer<typeof event> & { channel?: string | undefined; channels?: string[] | undefined }>;

function toEvent(parsed: Parsed): TriggeredEvent | Refusal {
  if (!parsed.success) return refuse(400, `The received data is incorrect: ${parsed.error.issues[0]?.path.join(".") ?? "body"}`);
  const { name, data, channel, channels } = parsed.data;
  const all = channels ?? (channel === undefined ? [] : [channel]);
  if (data === undefined || data === null || all.length === 0) return refuse(400, "The received data is incorrect: expected name, data and channels");
  if (all.length > MAX_CHANNELS) return refuse(400, `Cannot broadcast to more than ${MAX_CHANNELS} channels at once`);
  const payload = typeof data === "string" ? data : JSON.stringify(data);
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) return refuse(413, `The event data should be less than ${MAX_PAYLOAD_BYTES / 1_024} KB`);
  return { name, channels: all, payload, item: parsed.data };
}

function toParsed(events: readonly (TriggeredEvent | Refusal)[]): ParsedTrigger {
  const refused = events.find((each): each is Refusal => "kind" in each);
  return refused ?? { kind: "triggered", events: events.filter((each): each is TriggeredEvent => !("kind" in each)) };
}

function refuse(status: 400 | 413, error: string): Refusal {
  return { kind: "refused", status, error };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}
