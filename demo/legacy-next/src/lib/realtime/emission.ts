/** One event for one channel, before it gets its envelope. */
export type Emission = {
  readonly channel: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** null only on a user's channel, for a contact without a session. */
  readonly sessionId: string | null;
  readonly tenantId: string;
};

/** Hosted brokers take no more. */
const MAX_DATA_BYTES = 10_240;
const MAX_CONTENT = 1_500;
const MAX_NAME = 120;
const MAX_ERROR_MESSAGE = 300;

export const sessionChannel = (sessionId: string): string => `private-whatsapp.${sessionId}`;
export const userChannel = (userId: string): string => `private-user.${userId}`;

/** The flat object that goes over the wire: the fact's own keys, then the envelope; a `timestamp` of the fact is overwritten. */
export function toWire({ data, sessionId, tenantId }: Emission, timestampMs: number): string {
  const { timestamp: _ofTheFact, ...own } = data;
  const envelope = { sessionId, tenantId, timestamp: timestampMs };
  const whole = JSON.stringify({ ...fitted(own), ...envelope });
  if (Buffer.byteLength(whole) <= MAX_DATA_BYTES || !("content" in own)) return whole;
  return JSON.stringify({ ...fitted(own), content: null, contentTruncated: true, ...envelope });
}

type Fields = Readonly<Record<string, unknown>>;

function fitted(data: Fields): Fields {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fittedValue(key, value, data)]));
}

function fittedValue(key: string, value: unknown, data: Fields): unknown {
  if (key === "contentTruncated") return typeof data["content"] === "string" && cut(data["content"], MAX_CONTENT) !== data["content"];
  if (key === "content" && typeof value === "string") return cut(value, MAX_CONTENT);
  if (key === "errorMessage" && typeof value === "string") return cut(value, MAX_ERROR_MESSAGE);
  if (/^(name|contactName|accountName)$/.test(key) && typeof value === "string") return cut(value, MAX_NAME);
  return isUserRef(value) ? { ...value, name: value.name === null ? null : cut(value.name, MAX_NAME) } : value;
}

function isUserRef(value: unknown): value is { readonly name: string | null } {
  return typeof value === "object" && value !== null && "name" in value && "email" in value;
}

/** The first `max` code points: never half a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const points = Array.from(text);
  return points.length <= max ? text : points.slice(0, max).join("");
}
