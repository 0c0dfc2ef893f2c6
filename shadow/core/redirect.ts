/** Where a system lives, as its own redirects may name it, and what it was asked. */
export type Place = { readonly origins: readonly string[]; readonly target: string };

const SELF = "http://self.invalid";

/**
 * The target of a redirect, so that two systems can be compared: path, query and fragment when it points at the system
 * itself (relative, or at one of its origins), the whole URL when it leads elsewhere. What is no URL stays as it is.
 */
export function redirectTarget(location: string, { origins, target }: Place): string {
  let url: URL;
  try {
    url = new URL(location, SELF + target);
  } catch {
    return location;
  }
  const isOwn = url.origin === SELF || origins.includes(url.origin);
  return isOwn ? `${url.pathname}${url.search}${url.hash}` : url.href;
}

/** Answers that send the client elsewhere. A 304 does not. */
export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400 && status !== 304;
}
