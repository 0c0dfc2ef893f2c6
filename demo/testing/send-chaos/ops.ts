export type SendsClient = {
  /** Moves the family; false when the replica is not up, or does not want to. */
  readonly flip: (stage: "shadow" | "canary" | "nest") => Promise<boolean>;
  readonly unknownKeys: () => Promise<readonly string[]>;
};

const PAGE = 500;

/** What the chaos needs of the ops API. */
export function createOpsClient(baseUrl: string, token: string): SendsClient {
  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(baseUrl + path, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.body === undefined ? {} : { "content-type": "application/json" }) },
      signal: AbortSignal.timeout(5_000),
    });
  const read = async <Body>(path: string): Promise<Body> => {
    const response = await call(path);
    if (response.status !== 200) throw new Error(`${path} answered ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  return {
    flip: async (stage) => {
      const body = JSON.stringify({ stage, reason: "chaos", override: true, ...(stage === "canary" ? { percent: 50 } : {}) });
      try {
        return (await call("/api/cutover/sends", { method: "PUT", body })).status === 200;
      } catch {
        return false;
      }
    },
    unknownKeys: async () => {
      const { sends } = await read<{ sends: readonly { id: string }[] }>(`/api/sends?state=unknown&limit=${PAGE}`);
      return Promise.all(sends.map(async ({ id }) => (await read<{ key: string }>(`/api/sends/${id}`)).key));
    },
  };
}
