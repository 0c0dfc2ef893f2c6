import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";

/** Downloads over TLS, trusting one authority. */
export function download(url: string, caFile: string): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { ca: readFileSync(caFile), agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    request.on("error", reject);
    request.end();
  });
}
