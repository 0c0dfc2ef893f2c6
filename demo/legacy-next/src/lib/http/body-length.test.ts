import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { BODY_LENGTH_HEADER, translateBodyLength } from "./body-length.ts";

test("a body's length goes out under its real name", async () => {
  const server = createServer((_request, response) => {
    translateBodyLength(response);
    response.setHeader(BODY_LENGTH_HEADER, "5");
    response.setHeader("x-other", "1");
    response.end("hello");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await new Promise<IncomingMessage>((resolve) => get({ host: "127.0.0.1", port }, resolve));
    response.resume();
    expect(response.headers).toMatchObject({ "content-length": "5", "x-other": "1" });
    expect(response.headers).not.toHaveProperty(BODY_LENGTH_HEADER);
  } finally {
    server.close();
  }
});
