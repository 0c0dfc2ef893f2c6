import { once } from "node:events";
import { BrokenOff, RawClient } from "./raw-client.ts";
import { parseHead } from "./raw-message.ts";
import { toMessage, type Message, type Sighting } from "./sighting.ts";
import type { Bytes, TransparencyCase } from "./transparency-case.ts";

export type Look = Pick<TransparencyCase, "request" | "bodyOnContinue" | "expectedAnswers">;

/** Puts the case to one address and tells what the client saw. */
export async function look(url: string, { request, bodyOnContinue, expectedAnswers = 1 }: Look): Promise<Omit<Sighting, "asked">> {
  const client = new RawClient(url);
  const answered: Message[] = [];
  let finals = 0;
  try {
    client.write(request);
    for (;;) {
      const answer = await client.answer({ isHead: isHead(request) });
      answered.push(toMessage(answer));
      if (answer.status === 100 && bodyOnContinue !== undefined) client.write(bodyOnContinue);
      if (answer.status === 101) return { answered, tail: await restOf(client), end: "complete" };
      if (answer.status >= 200) finals += 1;
      if (finals === expectedAnswers) return { answered, tail: "", end: "complete" };
    }
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    return { answered: [...answered, ...partOf(error.received)], tail: "", end: error.received.length === 0 ? "silent" : "broken" };
  } finally {
    client.close();
  }
}

/** Ends our side of a tunnel and reads the other one to its end. */
async function restOf(client: RawClient): Promise<string> {
  client.socket.end();
  if (!client.socket.readableEnded && !client.socket.destroyed) await once(client.socket, "close");
  return client.pending.toString("latin1");
}

/** The head of an answer that broke off in its body. */
function partOf(received: Buffer): Message[] {
  const head = parseHead(received);
  return head === undefined ? [] : [toMessage({ ...head, body: Buffer.alloc(0), trailers: [] })];
}

const isHead = (request: Bytes): boolean => request.toString("latin1").startsWith("HEAD ");
