import { testKilledWorker } from "../demo/testing/killed-worker-suite.ts";
import { createTestDatabase } from "../testing/database.ts";

/** The short one; `npm run test:chaos` goes on for minutes. */
const SECONDS = 15;

testKilledWorker(SECONDS, () => createTestDatabase("whatsapp"));
