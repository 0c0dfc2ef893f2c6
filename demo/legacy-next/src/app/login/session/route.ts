import { createSessionCookie } from "../../../lib/auth/sign-in.ts";
import { env } from "../../../lib/env.ts";

const MAX_FORM_BYTES = 4_096;

/** Signs in as the chosen user. `Location` is relative: the browser may know us under the proxy's address. */
export async function POST(request: Request): Promise<Response> {
  if (!env().isSignInEnabled) return new Response(null, { status: 404 });
  // Another site must not choose the user (login CSRF).
  if (request.headers.get("sec-fetch-site") === "cross-site") return new Response(null, { status: 403 });
  // A browser always says how long its form is; whoever does not is refused unread.
  const bytes = Number(request.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
  if (!(bytes <= MAX_FORM_BYTES)) return new Response(null, { status: 413 });
  const userId = new URLSearchParams(await request.text()).get("userId");
  const cookie = userId === null ? undefined : await createSessionCookie(userId);
  if (cookie === undefined) return redirectTo("/login");
  return redirectTo("/admin", { "Set-Cookie": cookie });
}

function redirectTo(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { Location: location, "Cache-Control": "no-store", ...headers } });
}
