import { signRole } from "../../lib/wire.ts";
import { SHADOW_SECRET, type TestApi } from "./test-api.ts";

export const EMISSIONS_PATH = "/api/internal/shadow/emissions";
export const SENDS_PATH = "/api/internal/shadow/sends";

/** The headers of the signed shadow role for one POST. */
export function roleHeaders(target: string, body: string, { method = "POST", secret = SHADOW_SECRET } = {}): Record<string, string> {
  const signature = signRole({ method, target, body: Buffer.from(body), atMs: Date.now() }, secret);
  return { "x-parallax-role": "candidate", "x-parallax-signature": signature };
}

/** A shadowing call as the proxy makes it. No token unless `headers` has one. */
export function callShadow(api: TestApi, target: string, value: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return api.get(target, {
    method: "POST",
    token: null,
    body,
    headers: { "content-type": "application/json", ...roleHeaders(target, body), ...headers },
  });
}
