import { testKilledWorker } from "../demo/testing/killed-worker-suite.ts";
import { createTestDatabase } from "../testing/database.ts";

const SECONDS = Number(process.env["CHAOS_SECONDS"] ?? 180);

testKilledWorker(SECONDS, () => createTestDatabase("whatsapp"));
