/** What of a request the door looks at before anything is sent on. */
export type Arrival = {
  readonly httpVersion: string;
  /** The request target as the client sent it. */
  readonly target: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
};

export type Refusal = { readonly kind: "refused"; readonly status: 400 | 501 | 505; readonly reason: string };
export type Admission = { readonly kind: "admitted"; readonly target: string } | Refusal;

const VERSIONS: ReadonlySet<string> = new Set(["1.0", "1.1"]);
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
const HTTP_AUTHORITY = /^https?:\/\/([^/?#]*)(.*)$/i;
/** A name or address with an optional port (RFC 9110, 7.2); empty where the target has no authority. */
const HOST = /^(?:[a-z0-9._~!$&'()*+;=%-]*|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

/**
 * Refuses what two HTTP implementations could read in two ways; Node's parser has refused the rest before. A target in
 * absolute form is turned into the path it means, so that nobody reaches an endpoint by another spelling of its server.
 */
export function admit({ httpVersion, target, rawHeaders }: Arrival): Admission {
  if (!VERSIONS.has(httpVersion)) return refused(505, `HTTP/${httpVersion} is not spoken here`);
  const hosts = valuesOf(rawHeaders, "host");
  const [host] = hosts;
  if (hosts.length > 1) return refused(400, "more than one Host");
  if (host !== undefined && !HOST.test(host)) return refused(400, "Host is neither a name nor an address");
  const codings = valuesOf(rawHeaders, "transfer-encoding");
  if (codings.length > 0 && httpVersion === "1.0") return refused(400, "Transfer-Encoding in HTTP/1.0");
  if (codings.length > 1 || (codings[0] ?? "chunked").trim().toLowerCase() !== "chunked")
    return refused(501, "a Transfer-Encoding other than chunked");
  return target.startsWith("/") || target === "*" ? { kind: "admitted", target } : fromAbsolute(target, host);
}

function fromAbsolute(target: string, host: string | undefined): Admission {
  const [, authority = "", rest = ""] = HTTP_AUTHORITY.exec(target) ?? [];
  if (authority === "") return refused(400, ABSOLUTE.test(target) ? "a target of another scheme than http" : "a target that is no path");
  if (host !== undefined && authority.toLowerCase() !== host.toLowerCase()) return refused(400, "a target of another host than Host");
  return { kind: "admitted", target: rest.startsWith("/") ? rest : `/${rest}` };
}

const refused = (status: 400 | 501 | 505, reason: string): Admission => ({ kind: "refused", status, reason });

function valuesOf(raw: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const each = raw[index] ?? "";
    if (each.length === name.length && each.toLowerCase() === name) values.push(raw[index + 1] ?? "");
  }
  return values;
}
