import type { AddressInfo } from "node:net";
import httpProxy from "@fastify/http-proxy";
import fastify from "fastify";

/** The plain proxy to measure against: @fastify/http-proxy as its documentation shows it, its retries off. */
const upstream = process.argv[2] ?? "";
const app = fastify();
await app.register(httpProxy, { upstream, retryMethods: [] });
await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`${JSON.stringify({ msg: "ready", port: (app.server.address() as AddressInfo).port })}\n`);
