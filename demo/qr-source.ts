import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "pg";

const LOOPBACK = "127.0.0.1";
/** The newest QR that an admin page shows right now. */
const SHOWN = `select "qrCode" as qr from whatsapp_sessions where status = 'QR_REQUIRED' and "qrCode" is not null
  and "qrUpdatedAt" > timezone('utc', now()) - interval '120 seconds' order by "qrUpdatedAt" desc limit 1`;

/** Answers `{"qr": text or null}` to the phone page's button that scans what the admin page shows. */
export async function startQrSource(databaseUrl: string): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  pool.on("error", () => undefined);
  const server = createServer((_request, response) => {
    pool.query<{ qr: string }>(SHOWN).then(
      ({ rows }) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ qr: rows[0]?.qr ?? null })),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, LOOPBACK, resolve));
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await pool.end();
    },
  };
}
