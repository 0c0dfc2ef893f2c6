import type { Readable } from "node:stream";
import { Dicer } from "@fastify/busboy";
import { AppError } from "../../lib/errors.ts";
import { readPartHeaders, type PartHeaders, type RawPartHeaders } from "./part-headers.ts";

export type Part = PartHeaders & { readonly body: Readable };

const MAX_PARTS = 100;
const MAX_HEADER_PAIRS = 20;

/**
 * Reads a multipart body part by part, as it streams in: a part that nobody reads holds the rest back.
 * Throws `MULTIPART_MALFORMED` for what is no multipart, what `onPart` throws, and what the source breaks with.
 */
export async function readParts(source: Readable, boundary: string, onPart: (part: Part) => Promise<void>): Promise<void> {
  const reading: Promise<void>[] = [];
  try {
    await parse(source, boundary, (part) => {
      if (reading.length >= MAX_PARTS) throw malformed(`more than ${MAX_PARTS} parts`);
      const done = onPart(part);
      reading.push(done);
      return done;
    });
    await Promise.all(reading);
  } catch (error) {
    // Readers let go of what they hold before anybody cleans up behind them.
    await Promise.allSettled(reading);
    throw error;
  }
  if (reading.length === 0) throw malformed("it has no part");
}

/** Resolves when the last part began and ended; rejects with the first thing that goes wrong, also in a reader. */
function parse(source: Readable, boundary: string, onPart: (part: Part) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const dicer = new Dicer({ boundary, maxHeaderPairs: MAX_HEADER_PAIRS });
    let current: Readable | undefined;
    let hasFailed = false;
    const fail = (error: unknown): void => {
      hasFailed = true;
      source.unpipe(dicer);
      // A part that is being read ends with the same error.
      current?.destroy(error instanceof Error ? error : new Error(String(error)));
      reject(error);
    };
    dicer.on("part", (part) => {
      if (hasFailed) return void part.resume();
      current = part;
      // Its reader sees the error too, and says more about it.
      part.on("error", () => {});
      part.on("header", (headers) => {
        try {
          onPart({ ...readPartHeaders(headers as RawPartHeaders), body: part }).catch(fail);
        } catch (error) {
          fail(error);
        }
      });
    });
    dicer.on("error", (error: unknown) => fail(malformed("the last boundary is missing", error)));
    dicer.on("finish", resolve);
    source.once("error", fail);
    source.once("close", () => {
      if (!source.readableEnded) fail(malformed("the body ended early"));
    });
    source.pipe(dicer);
  });
}

function malformed(what: string, cause?: unknown): AppError {
  return new AppError("MULTIPART_MALFORMED", `the body is no multipart/form-data: ${what}`, { cause });
}
