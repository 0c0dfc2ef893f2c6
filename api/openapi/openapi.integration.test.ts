import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENDPOINTS } from "@ipnuo/domain/endpoints";
import { createTestDatabase, type TestDatabase } from "../../testing/database.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";
import { DOCS_PATHS } from "./docs-page.ts";

let db: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  db = await createTestDatabase("whatsapp");
  api = await startTestApi(db.url);
});
afterAll(async () => {
  await api.close();
  await db.drop();
});

const open = (path: string) => api.get(path, { token: null });

describe("GET /api/openapi.json", () => {
  it("is JSON for everybody, and names every endpoint that has a handler", async () => {
    const response = await open("/api/openapi.json");
    expect(response.headers.get("content-type")).toBe("application/json");
    const document = (await response.json()) as { paths: Record<string, Record<string, { operationId: string }>> };
    for (const { id, method, path } of Object.values(ENDPOINTS))
      expect(document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()]?.operationId).toBe(id);
  });
});

describe("GET /api/docs", () => {
  it("asks nobody else for anything", async () => {
    const response = await open("/api/docs");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const csp = response.headers.get("content-security-policy") ?? "";
    expect(csp).toContain("default-src 'none'");
    expect(csp).not.toMatch(/https?:|unsafe-eval|\*/);
    const html = await response.text();
    expect(html).not.toMatch(/https?:|\/\/[a-z]/);
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
    expect(assets).toHaveLength(4);
    for (const path of assets) expect(DOCS_PATHS).toContain(path);
  });

  it.each([
    ["/api/docs/swagger-ui.css", "text/css; charset=utf-8"],
    ["/api/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
    ["/api/docs/start.js", "text/javascript; charset=utf-8"],
    ["/api/docs/favicon-32x32.png", "image/png"],
  ])("%s has the type a browser with nosniff asks for", async (path, type) => {
    const response = await open(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(50);
  });

  it("starts Swagger UI on our document, without its remote validator", async () => {
    const started: unknown[] = [];
    runInContext(await (await open("/api/docs/start.js")).text(), createContext({ SwaggerUIBundle: (options: unknown) => started.push(options) }));
    expect(started).toEqual([{ url: "/api/openapi.json", dom_id: "#docs", validatorUrl: null, deepLinking: true }]);
  });

  it.each(["/api/docs/", "/api/docs/package.json", "/api/docs/..%2fpackage.json", "/api/docs/swagger-ui-bundle.js.map"])(
    "%s is 404",
    async (path) => {
      expect((await open(path)).status).toBe(404);
    },
  );
});
