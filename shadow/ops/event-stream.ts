import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";

const MAX_CLIENTS = 200;
const SUMMARY_EVERY_MS = 5_000;

/** Server-sent events of the ops API: `summary` every few seconds while somebody listens, and every change as it happens. */
export class EventStream {
  readonly #clients = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  serve(app: FastifyInstance, summary: () => Promise<unknown>): void {
    app.get("/api/events", (_request, reply) => {
      if (this.#clients.size >= MAX_CLIENTS) return reply.code(503).send({ error: `More than ${MAX_CLIENTS} listeners` });
      const { raw } = reply.hijack();
      raw.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-content-type-options": "nosniff" });
      raw.write(": listening\n\n");
      this.#clients.add(raw);
      raw.once("close", () => this.#clients.delete(raw));
      return undefined;
    });
    this.#timer = setInterval(() => void this.#sendSummary(summary), SUMMARY_EVERY_MS);
    this.#timer.unref();
  }

  /** A listener that does not keep up is let go: it comes back by itself. */
  send(event: string, data: unknown): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    for (const client of this.#clients) if (!client.write(text)) client.destroy();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const client of this.#clients) client.end();
  }

  async #sendSummary(summary: () => Promise<unknown>): Promise<void> {
    if (this.#clients.size === 0) return;
    try {
      this.send("summary", await summary());
    } catch {
      this.send("degraded", { reason: "no summary right now" });
    }
  }
}
