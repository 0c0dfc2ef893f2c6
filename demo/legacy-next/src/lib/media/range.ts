/** First and last byte, both included. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * What a `Range` header asks of `size` bytes (RFC 9110 14.2): one range, `unsatisfiable`, or undefined for the whole:
 * no header, several ranges, another unit, a malformed one.
 */
export function parseRange(header: string | null, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = /^bytes=([0-9]*)-([0-9]*)$/i.exec(header ?? "");
  const [first = "", last = ""] = match?.slice(1) ?? [];
  if (first === "") return last === "" ? undefined : suffixOf(Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && BigInt(last) < BigInt(first)) return undefined;
  return start >= size ? "unsatisfiable" : { start, end };
}

function suffixOf(length: number, size: number): ByteRange | "unsatisfiable" {
  return length === 0 || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - length), end: size - 1 };
}
