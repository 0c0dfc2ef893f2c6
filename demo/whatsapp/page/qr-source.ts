import { request } from "undici";
import { z } from "zod";
import type { QrSource } from "./page-server.ts";

const TIMEOUT_MS = 5_000;
const answer = z.object({ qr: z.string().nullable() });

/** Asks another program for the QR it shows. */
export function createQrSource(url: string): QrSource {
  return async () => {
    const { statusCode, body } = await request(url, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`the QR source answered ${statusCode}, expected 200 and {"qr": text or null}`);
    }
    return answer.parse(await body.json()).qr ?? undefined;
  };
}
