import type { RawMessage } from "./raw-message.ts";

/** A message in parts; bodies one character a byte. */
export type Message = {
  readonly startLine: string;
  /** Lines of the message itself, in order. */
  readonly lines: readonly string[];
  /** Lines that describe the connection. */
  readonly connection: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
};

/** One exchange as both ends saw it. `asked` stays empty when the system cannot be looked into. */
export type Sighting = {
  readonly asked: readonly Message[];
  /** Answers in order: any number of 1xx, then the final one unless the connection broke. */
  readonly answered: readonly Message[];
  /** What followed a 101. */
  readonly tail: string;
  readonly end: "complete" | "broken" | "silent";
};

const CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding"]);

export function toMessage({ startLine, headers, body, trailers }: RawMessage): Message {
  const text = (list: RawMessage["headers"]): string[] => list.map(([name, value]) => `${name}: ${value}`);
  return {
    startLine,
    lines: text(headers.filter(([name]) => !CONNECTION.has(name.toLowerCase()))),
    connection: text(headers.filter(([name]) => CONNECTION.has(name.toLowerCase()))),
    body: body.toString("latin1"),
    trailers: text(trailers),
  };
}
