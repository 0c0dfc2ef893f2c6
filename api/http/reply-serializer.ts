import { isShared } from "../runtime/shared-reads.ts";

/** Writes an answer as JSON; one that several clients share is written once. */
export function createReplySerializer(): (payload: unknown) => string {
  const written = new WeakMap<object, string>();
  return (payload) => {
    if (typeof payload !== "object" || payload === null || !isShared(payload)) return JSON.stringify(payload);
    const known = written.get(payload);
    if (known !== undefined) return known;
    const text = JSON.stringify(payload);
    written.set(payload, text);
    return text;
  };
}
