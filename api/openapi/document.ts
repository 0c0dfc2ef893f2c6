import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { ENDPOINTS, type EndpointId, type EndpointSpec } from "@ipnuo/domain/endpoints";
import { errorBody } from "@ipnuo/domain/values";
import { OPERATIONS, type Operation } from "./operations.ts";

const REFUSALS = {
  400: "A parameter is missing or invalid, or the caller belongs to no tenant",
  401: "No valid token",
  403: "Not allowed for the caller's role",
  404: "Unknown, or another tenant's",
  500: "Unexpected; `details` is the request id",
  503: "The database is unreachable or the request took too long; see `Retry-After`",
} as const;

const REQUEST_ID_HEADER = { description: "The client's request id, else a new one", schema: { type: "string" } } as const;

/** The OpenAPI 3.1 document of the service, built from the endpoint index and the schemas that validate. */
export function buildOpenapiDocument() {
  const paths: ZodOpenApiPathsObject = {};
  for (const [id, endpoint] of Object.entries(ENDPOINTS) as [EndpointId, EndpointSpec][]) {
    const operation = OPERATIONS[id];
    if (operation === undefined) continue;
    const path = endpoint.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: toOperation(endpoint, operation) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "WhatsApp admin API",
      version: "1",
      description: "Every path is also served under `/api/v1/…`. HEAD answers as GET, without a body.",
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        cookie: { type: "apiKey", in: "cookie", name: "__Secure-next-auth.session-token" },
      },
    },
  });
}

function toOperation(endpoint: EndpointSpec, { summary, query, reply, refusals }: Operation): ZodOpenApiOperationObject {
  const statuses = [401, 403, 500, 503, ...refusals] as const;
  const errors: ZodOpenApiResponsesObject = Object.fromEntries(
    statuses.map((status) => [String(status), { description: REFUSALS[status], content: { "application/json": { schema: errorBody } } }]),
  );
  return {
    operationId: endpoint.id,
    summary,
    tags: [endpoint.id.split(".", 1)[0] ?? endpoint.id],
    description: endpoint.role === "admin" ? "Role: admin or super_admin." : "Role: any.",
    requestParams: { query },
    responses: {
      "200": { description: "OK", headers: { "X-Request-Id": REQUEST_ID_HEADER }, content: { "application/json": { schema: reply } } },
      ...errors,
    },
  };
}
