import type { EventData, EventName } from "./events.ts";

/** One realtime event on one channel. `data` has everything but `timestamp`, which is the time of the broadcast. */
export type Emission<Name extends EventName = EventName> = {
  readonly tenantId: string;
  readonly channel: string;
  readonly event: Name;
  readonly data: EventData<Name>;
};

/** Everything of one session. */
export function sessionChannel(sessionId: string): string {
  return `private-whatsapp.${sessionId}`;
}

/** Transfer requests of one user. */
export function userChannel(userId: string): string {
  return `private-user.${userId}`;
}

const CHANNEL = /^[-a-zA-Z0-9_=@,.;]{1,200}$/;

/** Whether a broker takes the name. */
export function isChannelName(name: string): boolean {
  return CHANNEL.test(name);
}

const MAX_CONTENT = 1_500;
const MAX_NAME = 120;
const MAX_ERROR_MESSAGE = 300;
const MAX_PREVIEW = 100;

/** The first code points of a text. */
export function cut(text: string, codePoints: number): string {
  return text.length <= codePoints ? text : Array.from(text).slice(0, codePoints).join("");
}

export function cutName(name: string | null): string | null {
  return name === null ? null : cut(name, MAX_NAME);
}

export function cutErrorMessage(message: string): string {
  return cut(message, MAX_ERROR_MESSAGE);
}

/** Content as an event carries it (contract 5.3). */
export function cutContent(content: string | null): { content: string | null; contentTruncated: boolean } {
  const kept = content === null ? null : cut(content, MAX_CONTENT);
  return { content: kept, contentTruncated: kept !== content };
}

/** The line under a name in the chat list: the newest message, white space collapsed; its type when it has no content. */
export function previewOf(newest: { readonly content: string | null; readonly messageType: string } | undefined): string | null {
  if (newest === undefined) return null;
  return newest.content === null ? `[${newest.messageType}]` : cut(newest.content.replaceAll(/\s+/g, " "), MAX_PREVIEW);
}

/** `data` at most, as UTF-8 JSON. */
const MAX_DATA_BYTES = 10_240;
const TIMESTAMP_BYTES = ',"timestamp":1700000000000'.length;

/** Drops the content of an event that is still too large for a broker, and says so. */
export function fit<Data extends object>(data: Data): Data {
  const isTooLarge = utf8Length(JSON.stringify(data)) + TIMESTAMP_BYTES > MAX_DATA_BYTES;
  return isTooLarge && "content" in data ? { ...data, content: null, contentTruncated: true } : data;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}
