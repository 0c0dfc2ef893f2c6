import { BODY_LENGTH_HEADER } from "../http/body-length.ts";
import { ApiError } from "../http/api-error.ts";
import type { Produced } from "../http/respond.ts";
import { contentDisposition } from "./content-disposition.ts";
import { entityTag, isNoneMatch } from "./entity-tag.ts";
import { streamFile } from "./file-stream.ts";
import { isShownInline } from "./media-type.ts";
import { parseRange } from "./range.ts";
import type { ServedFile } from "./read-media.ts";

type Asked = { readonly method: string; readonly headers: Pick<Headers, "get">; readonly isDownload: boolean };

/** What goes with every answer that is about the file: it is private, no page of ours, and nobody guesses its type. */
const GUARDS = {
  "Accept-Ranges": "bytes",
  "Cache-Control": "private, no-cache",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "sandbox; default-src 'none'",
  "Cross-Origin-Resource-Policy": "same-site",
};

/** Answers a file as RFC 9110 has it: conditions first, then one range or the whole. Throws 416. */
export function answerFile(file: ServedFile, { method, headers, isDownload }: Asked): Produced {
  const tag = entityTag(file.sha256);
  if (isNoneMatch(headers.get("if-none-match"), tag)) return { status: 304, headers: { ...GUARDS, ETag: tag } };

  const ifRange = headers.get("if-range");
  const isRanged = method === "GET" && (ifRange === null || ifRange === tag);
  const range = isRanged ? parseRange(headers.get("range"), file.size) : undefined;
  if (range === "unsatisfiable") {
    throw new ApiError(416, { error: "Range not satisfiable" }, { "Content-Range": `bytes */${file.size}`, "Accept-Ranges": "bytes" });
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  return {
    status: range === undefined ? 200 : 206,
    ...(method === "HEAD" || file.size === 0 ? {} : { body: streamFile(file.path, { start, end }) }),
    headers: {
      ...GUARDS,
      ETag: tag,
      "Content-Type": file.type,
      "Content-Disposition": contentDisposition(isShownInline(file.type) && !isDownload ? "inline" : "attachment", file.name),
      [BODY_LENGTH_HEADER]: String(end - start + 1),
      ...(range === undefined ? {} : { "Content-Range": `bytes ${start}-${end}/${file.size}` }),
    },
  };
}
