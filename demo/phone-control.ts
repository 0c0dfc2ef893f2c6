import { request } from "undici";

const TIMEOUT_MS = 10_000;

/** One verb of the phone's control (demo/whatsapp/page/control-verbs.ts). Throws what it answers instead of a result. */
export async function callPhone(phoneUrl: string, verb: string, body: object): Promise<unknown> {
  const { statusCode, body: reply } = await request(`${phoneUrl}/control/${verb}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    headersTimeout: TIMEOUT_MS,
  });
  const answer = (await reply.json()) as { readonly result?: unknown; readonly error?: string };
  if (statusCode !== 200) throw new Error(`the phone answered ${statusCode} to ${verb}: ${answer.error ?? "no reason"}`);
  return answer.result;
}
