import { isIP } from "node:net";
import { AppError } from "../../lib/errors.ts";

/** A host media are fetched from. Nothing that a sender writes names one. */
export type MediaHost = {
  readonly hostname: string;
  readonly port: number;
  /** Named with its port: whoever runs the worker wants exactly this, wherever it resolves to. */
  readonly isTrusted: boolean;
};

/** WhatsApp's own. */
export const DEFAULT_MEDIA_HOSTS = "mmg.whatsapp.net";

const HTTPS_PORT = 443;
const HOST = /^(?<hostname>[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:(?<port>[0-9]{1,5}))?$/i;
const MAX_PORT = 65_535;

/** `MEDIA_HOSTS`: a comma list of `host` or `host:port`, tried in this order. Throws `ENV_INVALID`. */
export function parseMediaHosts(list: string): readonly MediaHost[] {
  const hosts = list.split(",").map((text) => parseMediaHost(text.trim()));
  const known = hosts.filter((host) => host !== undefined);
  if (known.length < hosts.length) throw new AppError("ENV_INVALID", `MEDIA_HOSTS: expected a comma list of host or host:port, got "${list}"`);
  return known;
}

export function isMediaHostList(list: string): boolean {
  return list.split(",").every((text) => parseMediaHost(text.trim()) !== undefined);
}

function parseMediaHost(text: string): MediaHost | undefined {
  const { hostname, port } = HOST.exec(text)?.groups ?? {};
  const number = Number(port ?? HTTPS_PORT);
  if (hostname === undefined || number > MAX_PORT) return undefined;
  return { hostname: hostname.toLowerCase(), port: number, isTrusted: port !== undefined };
}

/** Visible ASCII from one slash on: neither another host nor another request can be written into it. */
const DIRECT_PATH = /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/;
const MAX_PATH = 4_096;

export function isDirectPath(path: string): boolean {
  return path.length <= MAX_PATH && DIRECT_PATH.test(path);
}

/** An address of the public internet: not of this machine, this network, or a cloud's own services. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return isPublicV4(address);
  return version === 6 && isPublicV6(address.toLowerCase());
}

function isPublicV4(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split(".").map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b <= 127) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b <= 31) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99))) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  return !(a === 203 && b === 0 && c === 113);
}

/** Only global unicast (2000::/3), without what is embedded or set aside in it. */
function isPublicV6(address: string): boolean {
  const [first = "", second = ""] = address.split(":");
  const head = Number.parseInt(first === "" ? "0" : first, 16);
  if (head < 0x2000 || head > 0x3fff) return false;
  if (head === 0x2002) return false;
  const next = Number.parseInt(second === "" ? "0" : second, 16);
  return !(head === 0x2001 && (next < 0x0200 || next === 0x0db8));
}
