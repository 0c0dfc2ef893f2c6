/** `WA`, protocol 6, dictionary 3. */
const INTRO = Buffer.from([0x57, 0x41, 6, 3]);
/** `ED` or the two bytes Baileys writes over it: routing info follows, three bytes of length before it. */
const ROUTING_HEADER_BYTES = 7;
const LENGTH_BYTES = 3;

/** Cuts a client's byte stream into frames; the intro before the first frame is taken off and checked. */
export function createFrameReader(): (chunk: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0);
  let hasIntro = false;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!hasIntro) {
      const start = introEnd(rest);
      if (start === undefined) return [];
      rest = rest.subarray(start);
      hasIntro = true;
    }
    const frames: Buffer[] = [];
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUIntBE(0, LENGTH_BYTES);
      if (rest.length < end) break;
      frames.push(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
    }
    return frames;
  };
}

/** A body with its length before it. */
export function toFrame(body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUIntBE(body.length, 0, LENGTH_BYTES);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}

/** Where the first frame begins, once enough bytes have come. Throws when the client speaks something else. */
function introEnd(buffer: Buffer): number | undefined {
  if (buffer.length < INTRO.length) return undefined;
  if (buffer.subarray(0, INTRO.length).equals(INTRO)) return INTRO.length;
  if (buffer.length < ROUTING_HEADER_BYTES) return undefined;
  const end = ROUTING_HEADER_BYTES + buffer.readUIntBE(4, LENGTH_BYTES) + INTRO.length;
  if (buffer.length < end) return undefined;
  if (!buffer.subarray(end - INTRO.length, end).equals(INTRO)) throw new Error("the client's first bytes are no WhatsApp intro (57 41 06 03)");
  return end;
}

export { INTRO as CLIENT_INTRO };
