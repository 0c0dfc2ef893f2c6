import { createHmac } from "node:crypto";

/**
 * Redaction, default deny: every text becomes a keyed token unless it is of a known harmless form. Equal texts become equal
 * tokens and different ones different tokens; a token tells the text's class and length, nothing else.
 */
export type Redactor = {
  /** `~class:length:hash`. The hash has two halves: of the text in lower case, and of the text as it is. */
  readonly token: (text: string) => string;
  /** A whole JSON value: texts, long numbers and telling keys replaced. */
  readonly json: (value: unknown) => unknown;
  /** A short stable token of an identity (a tenant, a user): equal stays equal. */
  readonly identity: (text: string) => string;
};

export type RedactorOptions = {
  /** At least 16 characters; without it nobody can tell which text a token stands for. */
  readonly key: string;
  /** What a text or number looks like: `jid-phone`, `digits`, `text`, `epoch-seconds` … */
  readonly classOf: (value: string | number) => string;
};

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const ROW_ID = /^(?:c[a-z0-9]{24}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
const WORD = /^[A-Za-z][A-Za-z_-]{0,31}$/;
/** Only under such keys a single word is a word of the contract and not somebody's name, nor a pairing code. */
const WORD_KEY = /(?:status|state|type|role|rule|kind|action|stage|mode|event|override)$|^(?:error|status)?code$/i;
const PLAIN_KEY = /^[A-Za-z_$][\w$-]{0,63}$/;
const SHORT_NUMBER = 10_000_000;
/** Times from 2001 to 2033. Later ones look like telephone numbers of ten and thirteen digits. */
const EPOCH_SECONDS = { min: 1e9, max: 2e9 };
const EPOCH_MILLISECONDS = { min: 1e12, max: 2e12 };
const HASH_LENGTH = 8;

export function createRedactor({ key, classOf }: RedactorOptions): Redactor {
  const hash = (text: string): string => createHmac("sha256", key).update(text).digest("hex").slice(0, HASH_LENGTH);
  const token = (text: string, textClass = classOf(text)): string =>
    `~${textClass}:${text.length}:${hash(`l${text.toLowerCase()}`)}.${hash(`x${text}`)}`;

  const redactText = (text: string, memberKey: string): string => {
    const isHarmless = ISO_TIME.test(text) || ROW_ID.test(text) || (WORD_KEY.test(memberKey) && WORD.test(text));
    return isHarmless ? text : token(text);
  };
  const redactKey = (memberKey: string): string => (PLAIN_KEY.test(memberKey) && !ROW_ID.test(memberKey) ? memberKey : token(memberKey));

  const redactValue = (value: unknown, memberKey: string): unknown => {
    if (typeof value === "string") return redactText(value, memberKey);
    if (typeof value === "number") return isHarmlessNumber(value) ? value : token(String(value), classOf(value));
    if (Array.isArray(value)) return value.map((item) => redactValue(item, memberKey));
    if (typeof value !== "object" || value === null) return value;
    const decimal = exactDecimalOf(value);
    if (decimal !== undefined) return token(decimal, "number");
    const entries = Object.entries(value).map(([name, member]) => [redactKey(name), redactValue(member, name)] as const);
    return Object.fromEntries(entries);
  };

  return { token: (text) => token(text), json: (value) => redactValue(value, ""), identity: (text) => hash(`i${text}`) };
}

/** A number that a double cannot hold comes as an instance of a class with its `decimal` text; what JSON itself holds is plain. */
function exactDecimalOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return undefined;
  const { decimal } = value as { readonly decimal?: unknown };
  return typeof decimal === "string" ? decimal : undefined;
}

/** Counts, percentages and times; anything longer may be a phone number. */
function isHarmlessNumber(value: number): boolean {
  const isTime = [EPOCH_SECONDS, EPOCH_MILLISECONDS].some(({ min, max }) => value >= min && value < max);
  return Math.abs(value) < SHORT_NUMBER || (Number.isInteger(value) && isTime);
}
