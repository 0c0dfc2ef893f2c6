import { describe, expect, it } from "vitest";
import { planWiring } from "./wiring.ts";

const plan = () => {
  let count = 0;
  return planWiring({ host: "127.0.0.1", brokerPort: 6_001, tapPort: 8_082, newSecret: () => `secret${(count += 1)}` });
};

describe("planWiring", () => {
  it("gives each system credentials of its own toward the tap, and the broker's to the tap alone", () => {
    const { legacy, nest, serve, broker } = plan();
    expect(broker["REALTIME_APPS"]).toBe("demo:demo-key:secret1");
    expect(serve).toEqual({
      SOKETI_URL: "http://demo-key:secret1@127.0.0.1:6001/apps/demo",
      TAP_LEGACY_APP: "legacy:legacy-key:secret2",
      TAP_NEST_APP: "nest:nest-key:secret3",
    });
    expect(legacy).toMatchObject({ PUSHER_PORT: "8082", PUSHER_APP_ID: "legacy", PUSHER_SECRET: "secret2" });
    expect(nest).toMatchObject({ PUSHER_PORT: "8082", PUSHER_APP_ID: "nest", PUSHER_SECRET: "secret3" });
  });

  it("sends browsers to the broker, whoever answers them", () => {
    const { legacy, nest } = plan();
    for (const env of [legacy, nest])
      expect(env).toMatchObject({ PUSHER_CLIENT_PORT: "6001", PUSHER_CLIENT_KEY: "demo-key", PUSHER_CLIENT_SECRET: "secret1" });
  });
});
