import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Operator, Operators, OpsRole } from "./operators.ts";

const COOKIE = "parallax_session";
const SIGNED_IN = new WeakMap<FastifyRequest, Operator>();

export type AuthOptions = {
  readonly operators: Operators;
  readonly isOpen: (path: string) => boolean;
  /** What a person without a session sees instead of JSON. */
  readonly signInPage: () => string;
};

/** Every route but the open ones asks for a token, or for the session of a browser that showed one. */
export function guard(app: FastifyInstance, { operators, isOpen, signInPage }: AuthOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const operator = identify(request, operators);
    if (operator !== undefined) SIGNED_IN.set(request, operator);
    else if (!isOpen(request.routeOptions.url ?? request.url)) return refuse(request, reply, signInPage);
    return undefined;
  });
  app.post<{ Body: unknown }>("/sign-in", (request, reply) => {
    const secret = (request.body as { token?: unknown } | null)?.token;
    const operator = typeof secret === "string" ? operators.bySecret(secret) : undefined;
    if (operator === undefined) return reply.code(401).send({ error: "This token is not known" });
    const session = operators.openSession(operator, Date.now());
    return reply.header("set-cookie", `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict`).send({ name: operator.name, role: operator.role });
  });
}

/** The operator of a request that passed the guard. */
export function operatorOf(request: FastifyRequest): Operator | undefined {
  return SIGNED_IN.get(request);
}

/** A hook for routes that change something. */
export function requireRole(role: OpsRole) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (operatorOf(request)?.role === role) return undefined;
    return reply.code(403).send({ error: `This needs the role ${role}` });
  };
}

function identify(request: FastifyRequest, operators: Operators): Operator | undefined {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const secret = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    return secret === undefined ? undefined : operators.bySecret(secret);
  }
  const session = cookie
    ?.split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${COOKIE}=`));
  return session === undefined ? undefined : operators.bySession(session.slice(COOKIE.length + 1), Date.now());
}

function refuse(request: FastifyRequest, reply: FastifyReply, signInPage: () => string): FastifyReply {
  const isPerson = request.method === "GET" && request.headers.accept?.includes("text/html") === true;
  void reply.code(401).header("www-authenticate", "Bearer");
  return isPerson ? reply.type("text/html; charset=utf-8").send(signInPage()) : reply.send({ error: "Unauthorized" });
}
