import { toFileName } from "@ipnuo/domain/wire-values";

/** The headers of one part as the parser gives them: each byte one character. */
export type RawPartHeaders = Readonly<Record<string, readonly string[] | undefined>>;

export type PartHeaders = {
  /** Empty when the part has no name. */
  readonly name: string;
  readonly fileName: string | null;
  /** As sent; undefined without one. */
  readonly contentType: string | undefined;
};

/** Name, file name and type of a part (RFC 7578). */
export function readPartHeaders(raw: RawPartHeaders): PartHeaders {
  const disposition = decode(raw["content-disposition"]?.[0] ?? "");
  const contentType = raw["content-type"]?.[0]?.trim();
  return {
    name: unescaped(parameterOf(disposition, "name") ?? ""),
    fileName: fileNameOf(disposition),
    contentType: contentType === "" ? undefined : contentType,
  };
}

/** The boundary a Content-Type names; undefined without one. */
export function boundaryOf(contentType: string): string | undefined {
  const boundary = parameterOf(contentType, "boundary");
  return boundary === undefined || boundary === "" || boundary.length > MAX_BOUNDARY ? undefined : boundary;
}

/** RFC 2046, 5.1.1. */
const MAX_BOUNDARY = 70;

function fileNameOf(disposition: string): string | null {
  const extended = /^utf-8'[^']*'(.+)$/i.exec(parameterOf(disposition, "filename*") ?? "")?.[1];
  return toFileName(extended === undefined ? unescaped(parameterOf(disposition, "filename") ?? "") : percentDecoded(extended));
}

function parameterOf(header: string, name: string): string | undefined {
  const wanted = name.replaceAll("*", String.raw`\*`);
  const match = new RegExp(String.raw`;\s*${wanted}\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))`, "is").exec(header);
  return match?.[1]?.replaceAll(String.raw`\"`, '"') ?? match?.[2];
}

/** What browsers escape in names (WHATWG multipart/form-data): nothing else. */
function unescaped(text: string): string {
  return text.replaceAll("%22", '"').replaceAll(/%0[da]/gi, "");
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function decode(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
