/** What a JSON text holds that `JSON.parse` alone would lose. */
export type Scan = {
  /** Deepest nesting of lists and objects. */
  readonly depth: number;
  /** Colons outside of strings: one per member, duplicates included. */
  readonly members: number;
  /** Some number is so long, or has an exponent, that it may not survive a double. */
  readonly hasLongNumber: boolean;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** A run of this many characters of a number is looked at closely. */
const LONG_NUMBER = 16;

/** One pass over the characters, strings skipped by search. Malformed text gives a meaningless but harmless result. */
export function scanJson(text: string): Scan {
  let depth = 0;
  let deepest = 0;
  let members = 0;
  let run = 0;
  let hasLongNumber = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isNumberCharacter(code)) {
      run += 1;
      if (run >= LONG_NUMBER || (run > 1 && isExponent(code))) hasLongNumber = true;
      continue;
    }
    run = 0;
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === COLON) members += 1;
    else if (code === OPEN_OBJECT || code === OPEN_LIST) deepest = Math.max(deepest, (depth += 1));
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth -= 1;
  }
  return { depth: deepest, members, hasLongNumber };
}

/** Digits, `.`, `+`, `-`, and the letter of an exponent (which `true` and `false` share: it stands alone there). */
function isNumberCharacter(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d || code === 0x2b || isExponent(code);
}

function isExponent(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

/** The index of the closing quote; the length of the text when there is none. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
