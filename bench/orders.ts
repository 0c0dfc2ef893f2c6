import { request } from "undici";
import type { Program } from "./run-program.ts";

/** Tells the faulty candidate what to do next; resolves when it does. */
export async function order(candidate: Program, what: "refuse" | "accept" | "hang" | "answer"): Promise<void> {
  const { body } = await request(`http://127.0.0.1:${Number(candidate.line["orders"])}/${what}`, { method: "POST" });
  await body.dump();
}
