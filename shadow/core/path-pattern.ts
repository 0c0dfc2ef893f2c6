/** Places that rules and lists are declared for: `$.contacts[*].name`, `$.**.timestamp`, `$.byJid{*}`, `$["a.b"]`, `@header.etag`. */

type Token =
  | { readonly kind: "member"; readonly key: string }
  | { readonly kind: "row" }
  | { readonly kind: "anyMember" }
  | { readonly kind: "deep" };

export type PathPattern = { readonly text: string; readonly root: "body" | "outside"; readonly tokens: readonly Token[] };

const PART = /^(?:\.(\*\*)|\.(\*)|\.([A-Za-z_$][\w$-]*)|(\[\*\])|(\{\*\})|\[("(?:[^"\\]|\\.)*")\])/;

/** Parses a pattern; undefined when the text is none. */
export function parsePattern(text: string): PathPattern | undefined {
  if (/^@(status|body|header\.[!#$%&'*+.^_`|~\w-]+)$/.test(text)) return { text, root: "outside", tokens: [] };
  if (!text.startsWith("$")) return undefined;
  const tokens: Token[] = [];
  let rest = text.slice(1);
  while (rest !== "") {
    const match = PART.exec(rest);
    const token = match === null ? undefined : toToken(match);
    if (match === null || token === undefined) return undefined;
    tokens.push(token);
    rest = rest.slice(match[0].length);
  }
  return { text, root: "body", tokens };
}

function toToken([, deep, anyMember, key, row, idMember, quoted]: RegExpExecArray): Token | undefined {
  if (deep !== undefined) return { kind: "deep" };
  if (anyMember !== undefined || idMember !== undefined) return { kind: "anyMember" };
  if (row !== undefined) return { kind: "row" };
  const name = key ?? unquote(quoted ?? "");
  return name === undefined ? undefined : { kind: "member", key: name };
}

function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

/** True when the pattern names no member at all: `$`, `$.**`, `$[*]`. Such a rule would hide everything. */
export function isOverBroad(pattern: PathPattern): boolean {
  return pattern.root === "body" && !pattern.tokens.some((token) => token.kind === "member");
}

/** True when the place is one the pattern names. */
export function matchesPlace(pattern: PathPattern, segments: readonly string[]): boolean {
  if (pattern.root === "outside") return segments.length === 1 && segments[0] === pattern.text;
  return matchFrom(pattern.tokens, 0, segments, 0);
}

/** True when the place is one the pattern names, or lies below it. */
export function coversPlace(pattern: PathPattern, segments: readonly string[]): boolean {
  for (let length = segments.length; length >= 0; length -= 1) if (matchesPlace(pattern, segments.slice(0, length))) return true;
  return false;
}

function matchFrom(tokens: readonly Token[], token: number, segments: readonly string[], segment: number): boolean {
  const current = tokens[token];
  if (current === undefined) return segment === segments.length;
  if (current.kind === "deep") {
    for (let next = segment; next <= segments.length; next += 1) if (matchFrom(tokens, token + 1, segments, next)) return true;
    return false;
  }
  const place = segments[segment];
  return place !== undefined && matchesSegment(current, place) && matchFrom(tokens, token + 1, segments, segment + 1);
}

function matchesSegment(token: Exclude<Token, { kind: "deep" }>, segment: string): boolean {
  if (token.kind === "row") return segment.startsWith("[");
  if (!segment.startsWith(".")) return false;
  return token.kind === "anyMember" || segment.slice(1) === token.key;
}
