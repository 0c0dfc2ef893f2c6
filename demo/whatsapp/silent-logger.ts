import { createLogger } from "../../lib/log.ts";

/** For Baileys' own machinery inside the server: what it has to say holds key material and texts. */
export const silentLogger = createLogger({ program: "whatsapp", level: "silent" });

/** libsignal prints sessions, private keys included, through the console. */
const LIBSIGNAL_PHRASES =
  /^(Closing|Opening|Removing old closed) session:|^Session already|^Closing open session|^Failed to decrypt message|^Session error:|^Decrypted message with closed/;

/** Keeps libsignal quiet for as long as the process lives; everything else the console is given still comes out. */
export function silenceLibsignal(): void {
  if (isSilenced) return;
  isSilenced = true;
  const { console: target } = globalThis;
  for (const method of ["info", "warn", "error"] as const) {
    const original = target[method].bind(target);
    target[method] = (...args: unknown[]): void => {
      if (typeof args[0] === "string" && LIBSIGNAL_PHRASES.test(args[0])) return;
      original(...args);
    };
  }
}

let isSilenced = false;
