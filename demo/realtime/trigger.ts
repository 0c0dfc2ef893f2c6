import { z } from "zod";
import { isChannelName } from "./channel-name.ts";
import { MAX_BATCH_SIZE, MAX_CHANNELS_PER_TRIGGER, MAX_DATA_BYTES, MAX_EVENT_NAME_LENGTH } from "./limits.ts";

/** One event for some channels, as an app publishes it. `data` stays the text it is. */
export type Trigger = {
  readonly channels: readonly string[];
  readonly event: string;
  readonly data: string;
  /** This connection is left out. */
  readonly exceptSocketId: string | undefined;
  /** What the answer tells of the channels. */
  readonly info: readonly string[];
};

export type ParsedTriggers =
  | { readonly triggers: readonly Trigger[]; readonly problem?: undefined }
  | { readonly problem: { readonly status: 400 | 413; readonly error: string } };

const channelName = z.string().refine(isChannelName, { error: "is no channel name" });

const common = {
  name: z.string().min(1).max(MAX_EVENT_NAME_LENGTH),
  data: z.string(),
  socket_id: z
    .string()
    .regex(/^\d+\.\d+$/)
    .nullish(),
  info: z.string().nullish(),
};
const single = z.object({ ...common, channels: z.array(channelName).min(1).max(MAX_CHANNELS_PER_TRIGGER) });
const toOne = z.object({ ...common, channel: channelName });
const event = z.union([single, toOne]);
const batch = z.object({ batch: z.array(toOne).min(1).max(MAX_BATCH_SIZE) });

/** The body of `POST events`. */
export function parseTrigger(body: Uint8Array): ParsedTriggers {
  return parseWith(body, (json) => [toTrigger(event.parse(json))]);
}

/** The body of `POST batch_events`: all of it or nothing. */
export function parseBatch(body: Uint8Array): ParsedTriggers {
  return parseWith(body, (json) => batch.parse(json).batch.map(toTrigger));
}

function parseWith(body: Uint8Array, parse: (json: unknown) => Trigger[]): ParsedTriggers {
  try {
    const triggers = parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
    const isTooLarge = triggers.some(({ data }) => Buffer.byteLength(data) > MAX_DATA_BYTES);
    return isTooLarge ? refuse(413, `data: expected at most ${MAX_DATA_BYTES} bytes of UTF-8`) : { triggers };
  } catch (error) {
    return refuse(400, error instanceof z.ZodError ? firstIssue(error) : "expected a JSON body in UTF-8");
  }
}

const refuse = (status: 400 | 413, text: string): ParsedTriggers => ({ problem: { status, error: text } });

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  // Of a union the variant that came closest speaks.
  const variants = issue?.code === "invalid_union" ? issue.errors : [];
  const closest = variants.toSorted((a, b) => a.length - b.length)[0]?.[0] ?? issue;
  return `${closest?.path.join(".") === "" ? "body" : closest?.path.join(".")}: ${closest?.message}`;
}

function toTrigger(given: z.infer<typeof event>): Trigger {
  const { name, data, socket_id: socketId, info } = given;
  const channels = "channels" in given ? given.channels : [given.channel];
  return { channels, event: name, data, exceptSocketId: socketId ?? undefined, info: info?.split(",") ?? [] };
}
