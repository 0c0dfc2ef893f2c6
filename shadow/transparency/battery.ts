import { ANSWER_CASES } from "./cases/answers.ts";
import { HANDSHAKE_CASES } from "./cases/handshakes.ts";
import { MALFORMED_CASES } from "./cases/malformed.ts";
import { REQUEST_CASES } from "./cases/requests.ts";
import type { TransparencyCase } from "./transparency-case.ts";

/** Every case that can be put to a scripted system, directly and through the proxy. */
export const BATTERY: readonly TransparencyCase[] = [...REQUEST_CASES, ...ANSWER_CASES, ...HANDSHAKE_CASES, ...MALFORMED_CASES];
