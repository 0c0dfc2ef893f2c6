/** What a part of a form says about itself. */
export type PartHeaders = {
  /** undefined: not a field of the form. */
  readonly name: string | undefined;
  /** undefined: a plain field, not a file. */
  readonly fileName: string | undefined;
  /** Type and subtype in lower case, without parameters; undefined when absent or malformed. */
  readonly type: string | undefined;
};

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const TYPE = new RegExp(`^(${TOKEN}/${TOKEN})\\s*(;.*)?$`);
const PARAMETER = new RegExp(`;\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;"\\s]*))`, "g");
const EXTENDED = /^utf-8'[^']*'(.*)$/i;

/** Reads the header lines of one part; what it does not know it skips. */
export function parsePartHeaders(text: string): PartHeaders {
  const headers = new Map(text.split("\r\n").map(splitHeader));
  const disposition = headers.get("content-disposition") ?? "";
  const type = TYPE.exec(headers.get("content-type") ?? "")?.[1]?.toLowerCase();
  if (!/^form-data\s*(;|$)/i.test(disposition)) return { name: undefined, fileName: undefined, type };
  const parameters = parseParameters(disposition);
  return { name: parameters.get("name"), fileName: extendedValue(parameters.get("filename*")) ?? parameters.get("filename"), type };
}

/** The boundary of a `multipart/form-data` content type; undefined without one that RFC 2046 allows. */
export function boundaryOf(contentType: string): string | undefined {
  const boundary = parseParameters(contentType).get("boundary");
  return boundary !== undefined && /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary) ? boundary : undefined;
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  return colon === -1 ? ["", ""] : [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

/** Of a repeated parameter the first counts. Browsers do not escape a backslash in a name: only `\"` is an escape. */
function parseParameters(header: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, bare = ""] of header.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replaceAll('\\"', '"') ?? bare);
  }
  return parameters;
}

function extendedValue(value: string | undefined): string | undefined {
  const encoded = EXTENDED.exec(value ?? "")?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
