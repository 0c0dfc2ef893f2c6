import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import { createLogger } from "../../lib/log.ts";
import { createShadow } from "../../shadow/app.ts";
import { parseConfig } from "../../shadow/config.ts";
import type { StartProxy } from "../../shadow/transparency/self-test.ts";

/** A proxy of the doctor's own in front of the system: it serves and compares nothing, and leaves nothing behind. */
export const startOwnProxy: StartProxy = async (systemUrl) => {
  const dataDir = await mkdtemp(join(tmpdir(), "parallax-doctor-"));
  const app = createShadow({
    settings: {
      config: parseConfig("", "the doctor's own configuration").config,
      legacyUrl: systemUrl,
      candidateUrl: systemUrl,
      host: "127.0.0.1",
      port: 0,
      opsPort: 0,
      dataDir,
      opsTokens: [],
      isMetricsPublic: false,
      shadowSecret: undefined,
      redactKey: "nothing is stored",
      auditKey: "nothing is flipped",
      authSecret: undefined,
      sendKey: "nothing is sent",
    },
    log: createLogger({ program: "doctor", level: "silent" }),
    locateStore: () => Promise.reject(new AppError("DOCTOR_NO_STORE", "the self-test has no store")),
    pages: { summary: () => "", signIn: () => "" },
  });
  const { port } = await app.start();
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
