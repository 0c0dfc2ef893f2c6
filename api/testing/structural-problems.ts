type Json = unknown;
type Fields = { readonly [key: string]: Json };

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);
const SCHEMA_TYPES: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/** What is wrong with an OpenAPI 3.1 document, by the parts of the specification this project uses; empty when nothing is. */
export function structuralProblems(document: Json): string[] {
  const root = fieldsOf(document);
  const info = fieldsOf(root["info"]);
  const problems = [
    ...(/^3\.1\.\d+$/.test(String(root["openapi"])) ? [] : ["openapi: expected 3.1.x"]),
    ...(typeof info["title"] === "string" && typeof info["version"] === "string" ? [] : ["info: title and version are required"]),
    ...Object.entries(fieldsOf(root["paths"])).flatMap(([path, item]) => pathProblems(path, fieldsOf(item))),
    ...Object.entries(fieldsOf(fieldsOf(root["components"])["schemas"])).flatMap(([name, schema]) => schemaProblems(`schemas.${name}`, schema)),
    ...referencesIn(document).flatMap((reference) => (resolve(document, reference) === undefined ? [`${reference} refers to nothing`] : [])),
    ...securityProblems(root),
  ];
  const ids = operationsOf(root).map((operation) => String(operation["operationId"]));
  return new Set(ids).size === ids.length ? problems : [...problems, "operationId: expected unique ones"];
}

function pathProblems(path: string, item: Fields): string[] {
  if (!path.startsWith("/")) return [`${path}: expected a leading slash`];
  return Object.entries(item).flatMap(([method, operation]) =>
    METHODS.has(method) ? operationProblems(`${method} ${path}`, path, fieldsOf(operation)) : [`${path}: ${method} is no method`],
  );
}

function operationProblems(where: string, path: string, operation: Fields): string[] {
  const responses = Object.entries(fieldsOf(operation["responses"]));
  const parameters = listOf(operation["parameters"]).map(fieldsOf);
  const inPath = parameters.filter((each) => each["in"] === "path").map((each) => String(each["name"]));
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  return [
    ...(typeof operation["operationId"] === "string" ? [] : [`${where}: operationId is required`]),
    ...(responses.length > 0 ? [] : [`${where}: responses are required`]),
    ...(JSON.stringify(inPath.toSorted()) === JSON.stringify(named.toSorted()) ? [] : [`${where}: path parameters differ from the path`]),
    ...responses.flatMap(([status, response]) => responseProblems(`${where} ${status}`, status, fieldsOf(response))),
    ...parameters.flatMap((each) => parameterProblems(`${where} ${String(each["name"])}`, each)),
  ];
}

function responseProblems(where: string, status: string, response: Fields): string[] {
  const media = Object.values(fieldsOf(response["content"]));
  return [
    ...(/^([1-5]\d\d|default)$/.test(status) ? [] : [`${where}: expected a status`]),
    ...(typeof response["description"] === "string" ? [] : [`${where}: description is required`]),
    ...media.flatMap((each) => schemaProblems(where, fieldsOf(each)["schema"])),
  ];
}

function parameterProblems(where: string, parameter: Fields): string[] {
  const isPlaced = ["query", "path", "header", "cookie"].includes(String(parameter["in"])) && typeof parameter["name"] === "string";
  const isRequired = parameter["in"] !== "path" || parameter["required"] === true;
  return [
    ...(isPlaced ? [] : [`${where}: in and name are required`]),
    ...(isRequired ? [] : [`${where}: a path parameter is required`]),
    ...schemaProblems(where, parameter["schema"]),
  ];
}

/** JSON Schema 2020-12: known types, no keyword of OpenAPI 3.0, below every keyword that holds schemas. */
function schemaProblems(where: string, schema: Json): string[] {
  if (typeof schema === "boolean") return [];
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return [`${where}: expected a schema`];
  const fields = fieldsOf(schema);
  const types = fields["type"] === undefined ? [] : [fields["type"]].flat();
  const inner = [
    ...Object.entries(fieldsOf(fields["properties"])),
    ...["items", "additionalProperties", "propertyNames", "not"].flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]] as const])),
    ...["anyOf", "oneOf", "allOf", "prefixItems"].flatMap((key) => listOf(fields[key]).map((each, index) => [`${key}[${index}]`, each] as const)),
  ];
  return [
    ...types.filter((type) => !SCHEMA_TYPES.has(type)).map((type) => `${where}: ${JSON.stringify(type)} is no type`),
    ...("nullable" in fields ? [`${where}: nullable is OpenAPI 3.0`] : []),
    ...inner.flatMap(([key, each]) => schemaProblems(`${where}.${key}`, each)),
  ];
}

function securityProblems(root: Fields): string[] {
  const schemes = fieldsOf(fieldsOf(root["components"])["securitySchemes"]);
  const used = listOf(root["security"]).flatMap((each) => Object.keys(fieldsOf(each)));
  return used.filter((name) => !(name in schemes)).map((name) => `security: ${name} is not declared`);
}

function operationsOf(root: Fields): Fields[] {
  return Object.values(fieldsOf(root["paths"])).flatMap((item) => Object.values(fieldsOf(item)).map(fieldsOf));
}

function referencesIn(value: Json): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === "$ref" && typeof each === "string" ? [each] : referencesIn(each)));
}

function resolve(document: Json, reference: string): Json {
  if (!reference.startsWith("#/")) return undefined;
  return reference
    .slice(2)
    .split("/")
    .reduce<Json>((value, part) => fieldsOf(value)[part.replaceAll("~1", "/").replaceAll("~0", "~")], document);
}

function fieldsOf(value: Json): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
