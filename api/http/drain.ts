import type { FastifyInstance } from "fastify";

const LOOK_EVERY_MS = 100;
/** Answers in flight may take this long once the service stops; a download that is longer is broken off. */
const GRACE_MS = 10_000;

/** While the service stops, connections go as soon as they are idle: nobody waits for a keep-alive to run out. */
export function drainOnClose(fastify: FastifyInstance): void {
  fastify.addHook("preClose", async () => {
    const { server } = fastify;
    const look = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.once("close", () => {
      clearInterval(look);
      clearTimeout(cut);
    });
  });
}
