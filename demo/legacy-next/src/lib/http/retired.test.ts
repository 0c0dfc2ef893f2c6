import { afterEach, expect, it, vi } from "vitest";
import { assertNotRetired } from "./retired.ts";

afterEach(() => vi.unstubAllEnvs());

function goneFrom(path: string): unknown {
  try {
    assertNotRetired("conversation", path);
    return undefined;
  } catch (error) {
    return error;
  }
}

it("says where a retired family's paths went; what workers report keeps its path", () => {
  vi.stubEnv("DATABASE_URL", "postgresql://x");
  vi.stubEnv("AUTH_SECRET", "a secret for tests");
  vi.stubEnv("MEDIA_DIR", "/tmp");
  vi.stubEnv("RETIRED_FAMILIES", "conversation");
  expect(goneFrom("/api/whatsapp/messages")).toMatchObject({ status: 410, body: { details: "/api/v1/whatsapp/messages" } });
  expect(goneFrom("/api/internal/whatsapp/messages")).toMatchObject({ status: 410, body: { details: "/api/internal/whatsapp/messages" } });
});
