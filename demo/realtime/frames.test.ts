import { describe, expect, it } from "vitest";
import { parseClientFrame } from "./frames.ts";

describe("parseClientFrame", () => {
  it.each([
    ['{"event":"pusher:ping"}', { kind: "ping" }],
    ['{"event":"pusher:pong","data":{}}', { kind: "pong" }],
    [
      '{"event":"pusher:subscribe","data":{"channel":"a","auth":"k:s","channel_data":"{}"}}',
      { kind: "subscribe", channel: "a", auth: "k:s", channelData: "{}" },
    ],
    ['{"event":"pusher:subscribe","data":"{\\"channel\\":\\"a\\"}"}', { kind: "subscribe", channel: "a" }],
    ['{"event":"pusher:unsubscribe","data":{"channel":"a"}}', { kind: "unsubscribe", channel: "a" }],
    ['{"event":"client-x","channel":"private-a","data":[1]}', { kind: "client-event", channel: "private-a", event: "client-x", data: [1] }],
  ])("reads %s", (text, frame) => {
    expect(parseClientFrame(text)).toEqual(frame);
  });

  it.each([
    "",
    "{",
    "null",
    "7",
    "[]",
    '{"event":7}',
    '{"event":"client-x"}',
    '{"event":"pusher:subscribe","data":{}}',
    '{"event":"pusher:elsewhere"}',
  ])("takes %s for unknown", (text) => {
    expect(parseClientFrame(text)).toEqual({ kind: "unknown" });
  });
});
