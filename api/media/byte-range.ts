/** First and last byte, both included. */
export type ByteRange = { readonly first: number; readonly last: number };

/** What a Range header asks of a file: all of it, a part, or a part it does not have (416). */
export type AskedRange = ByteRange | "whole" | "unsatisfiable";

/**
 * Reads a Range header (RFC 9110, 14.2) against a file of `size` bytes.
 * One range of bytes counts; several, another unit and anything malformed ask for the whole file.
 */
export function parseRange(header: string | undefined, size: number): AskedRange {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? "");
  if (match === null) return "whole";
  const [, from = "", to = ""] = match;
  if (from === "") return to === "" ? "whole" : suffixOf(Number(to), size);
  const first = Number(from);
  if (to !== "" && Number(to) < first) return "whole";
  if (first >= size) return "unsatisfiable";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}

function suffixOf(length: number, size: number): AskedRange {
  if (length === 0 || size === 0) return "unsatisfiable";
  return { first: Math.max(0, size - length), last: size - 1 };
}
