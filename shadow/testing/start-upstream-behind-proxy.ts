import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startShadow, type ShadowForTests } from "./start-shadow.ts";

/** A system that answers as the listener does, and a proxy without a store in front of it. */
export async function startUpstreamBehindProxy(listener: RequestListener): Promise<{ readonly upstream: Server; readonly shadow: ShadowForTests }> {
  const upstream = createServer(listener);
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const storeUrl = (): Promise<string> => Promise.reject(new Error("no store in this test"));
  return { upstream, shadow: await startShadow({ legacyUrl: url, candidateUrl: url, storeUrl, yaml: "" }) };
}
