import { z } from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { ENDPOINTS, type EndpointId, type EndpointSpec } from "@ipnuo/domain/endpoints";
import { errorBody } from "@ipnuo/domain/values";
import { OPERATIONS, type Operation } from "./operations.ts";

const REFUSALS = {
  400: "A parameter or field is missing or invalid, the body is no JSON object, or the caller belongs to no tenant",
  401: "No valid token",
  403: "Not allowed for the caller's role, or for anybody but the one it belongs to",
  404: "Unknown, or another tenant's",
  409: "The state forbids it",
  413: "The body is too large",
  415: "The body is not of a type the endpoint takes",
  416: "The range is not in the file",
  422: "The key was used with another request",
  429: "Too many requests of the caller; see `Retry-After`",
  500: "Unexpected; `details` is the request id",
  503: "The database is unreachable or the request took too long; see `Retry-After`",
} as const;

const REQUEST_ID_HEADER = { description: "The client's request id, else a new one", schema: { type: "string" } } as const;

/** The OpenAPI 3.1 document of the service, built from the endpoint index and the schemas that validate. */
export function buildOpenapiDocument() {
  const paths: ZodOpenApiPathsObject = {};
  for (const [id, endpoint] of Object.entries(ENDPOINTS) as [EndpointId, EndpointSpec][]) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: toOperation(endpoint, OPERATIONS[id]) };
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

const FILE = { type: "string", format: "binary" } as const;

function toRequestBody(schema: z.ZodObject, { bodyTypes = [], isUpload }: Operation) {
  if (isUpload) {
    const file = z.unknown().meta({ override: FILE });
    return { required: true, content: { "multipart/form-data": { schema: z.object({ file, ...schema.shape }) } } };
  }
  const types = ["application/json", ...bodyTypes];
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function toOperation(endpoint: EndpointSpec, operation: Operation): ZodOpenApiOperationObject {
  const { summary, query, params, body, reply, refusals } = operation;
  const ofBody = endpoint.method === "GET" ? [] : ([413, 415] as const);
  const statuses = [401, 403, 500, 503, ...ofBody, ...refusals] as const;
  const errors: ZodOpenApiResponsesObject = Object.fromEntries(
    statuses.map((status) => [String(status), { description: REFUSALS[status], content: { "application/json": { schema: errorBody } } }]),
  );
  return {
    operationId: endpoint.id,
    summary,
    tags: [endpoint.id.split(".", 1)[0] ?? endpoint.id],
    description: endpoint.role === "admin" ? "Role: admin or super_admin." : "Role: any.",
    requestParams: { ...(query === undefined ? {} : { query }), ...(params === undefined ? {} : { path: params }) },
    ...(body === undefined ? {} : { requestBody: toRequestBody(body, operation) }),
    responses: {
      "200": { description: "OK", headers: { "X-Request-Id": REQUEST_ID_HEADER }, content: toContent(reply) },
      ...errors,
    },
  };
}

function toContent(reply: z.ZodType | undefined) {
  return reply === undefined ? { "application/octet-stream": { schema: FILE } } : { "application/json": { schema: reply } };
}
