import type { Page } from "playwright-core";

export type HeardEvent = { readonly channel: string; readonly event: string; readonly data: Readonly<Record<string, unknown>> };

/** Every event that the broker sends to the page, as it comes over the wire, also over connections that come later. Call it before the page is opened. */
export function collectEvents(page: Page): HeardEvent[] {
  const heard: HeardEvent[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const { event, channel, data } = JSON.parse(payload.toString()) as { event: string; channel?: string; data?: string };
      if (channel === undefined || event.startsWith("pusher")) return;
      heard.push({ channel, event, data: JSON.parse(data ?? "{}") as HeardEvent["data"] });
    });
  });
  return heard;
}
