import type { HeaderList } from "./types.ts";

/** Who asks, as the token's claims say. Not verified here: good for stickiness and strata, not for access. */
export type Claims = { readonly tenant: string | undefined; readonly user: string | undefined; readonly role: string | undefined };

export type SubjectOptions = { readonly tenant: string; readonly user: string; readonly role: string; readonly cookies: readonly string[] };

export const NO_CLAIMS: Claims = { tenant: undefined, user: undefined, role: undefined };

/** The bearer token of a request, else the first of the named cookies. */
export function credentialOf(headers: HeaderList, cookies: readonly string[]): string | undefined {
  const authorization = headers.find(([name]) => name.toLowerCase() === "authorization")?.[1];
  if (authorization !== undefined) return /^bearer +(\S+)$/i.exec(authorization)?.[1];
  const jar = headers.filter(([name]) => name.toLowerCase() === "cookie").flatMap(([, value]) => value.split(";").map((part) => part.trim()));
  for (const cookie of cookies) {
    const found = jar.find((part) => part.startsWith(`${cookie}=`));
    if (found !== undefined) return found.slice(cookie.length + 1);
  }
  return undefined;
}

/** The claims of a JWT's payload; none for anything that is not one. */
export function claimsOf(credential: string | undefined, options: SubjectOptions): Claims {
  const payload = credential?.split(".")[1];
  if (payload === undefined) return NO_CLAIMS;
  try {
    const claims = JSON.parse(decodeBase64Url(payload)) as Record<string, unknown>;
    const read = (name: string): string | undefined => (typeof claims[name] === "string" ? claims[name] : undefined);
    return { tenant: read(options.tenant), user: read(options.user), role: read(options.role) };
  } catch {
    return NO_CLAIMS;
  }
}

function decodeBase64Url(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
