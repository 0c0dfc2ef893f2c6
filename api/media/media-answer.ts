import { parseRange, type ByteRange } from "./byte-range.ts";

/** The conditional headers of a request for a file. */
export type FileConditions = {
  readonly method: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
};

/** How a stored file answers. */
export type FileAnswer =
  | { readonly status: 304 }
  | { readonly status: 416 }
  | { readonly status: 200; readonly part: ByteRange | undefined }
  | { readonly status: 206; readonly part: ByteRange };

/** Decides by If-None-Match, then If-Range and Range (RFC 9110, 13.2.2). HEAD describes the whole file. */
export function answerFor(conditions: FileConditions, etag: string, size: number): FileAnswer {
  if (matches(conditions.ifNoneMatch, etag)) return { status: 304 };
  const isRangeRead = conditions.method !== "HEAD" && (conditions.ifRange === undefined || conditions.ifRange === etag);
  const range = isRangeRead ? parseRange(conditions.range, size) : "whole";
  if (range === "unsatisfiable") return { status: 416 };
  if (range === "whole") return { status: 200, part: size === 0 ? undefined : { first: 0, last: size - 1 } };
  return { status: 206, part: range };
}

/** Weak comparison (RFC 9110, 13.1.2): a proxy may have weakened our strong tag. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return [...ifNoneMatch.matchAll(/(?:W\/)?("[^"]*")/g)].some(([, tag]) => tag === etag);
}
