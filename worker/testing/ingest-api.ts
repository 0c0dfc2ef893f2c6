import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An ingest API for tests: takes everything and remembers it, until it is told to answer otherwise or to stop listening. */

export type HeardCall = {
  readonly path: string;
  readonly traceId: string;
  readonly sessionId: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
};
export type ApiAnswer = { readonly status: number; readonly body: unknown };

export class IngestApi {
  /** What it took, in order. */
  readonly heard: HeardCall[] = [];
  mostInFlight = 0;
  answer: ((call: HeardCall) => ApiAnswer | undefined) | undefined;
  private inFlight = 0;

  private constructor(
    private server: Server,
    private readonly port: number,
  ) {}

  static async start(): Promise<IngestApi> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const api = new IngestApi(server, (server.address() as AddressInfo).port);
    api.listenTo(server);
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All items of one path. */
  itemsOf(path: string): HeardCall["items"] {
    return this.heard.filter((call) => call.path === path).flatMap(({ items }) => items);
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async startAgain(): Promise<void> {
    this.server = createServer();
    this.listenTo(this.server);
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
  }

  private listenTo(server: Server): void {
    server.on("request", (request, response) => {
      this.inFlight += 1;
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      void bodyOf(request).then((body) => {
        this.inFlight -= 1;
        const { sessionId, items = [] } = JSON.parse(body) as Partial<HeardCall>;
        const path = (request.url ?? "").replace("/api/internal/whatsapp/", "");
        const call: HeardCall = { path, traceId: String(request.headers["x-request-id"]), sessionId: sessionId ?? "", items };
        const { status, body: answer } = this.answer?.(call) ?? taken(call);
        if (status === 200) this.heard.push(call);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
      });
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function taken({ path, items }: HeardCall): ApiAnswer {
  if (path.startsWith("sessions/")) return { status: 200, body: { success: true, outcome: "updated" } };
  return { status: 200, body: { success: true, results: items.map(() => ({ key: "", outcome: "created", id: "row", error: null })) } };
}
