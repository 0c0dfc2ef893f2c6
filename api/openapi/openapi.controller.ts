import { Controller, Req, Res } from "@nestjs/common";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ServiceRoute } from "../http/endpoint.decorator.ts";
import { pathOf } from "../http/request.ts";
import { notFound } from "../http/contract-error.ts";
import { DOCS_CONTENT_SECURITY_POLICY, DOCS_PATHS, DOCUMENT_PATH, loadDocsFiles } from "./docs-page.ts";
import { buildOpenapiDocument } from "./document.ts";

/** The API's description, for machines and for people. */
@Controller()
export class OpenapiController {
  private readonly document = buildOpenapiDocument();
  private readonly files = loadDocsFiles();

  @ServiceRoute(DOCUMENT_PATH)
  describe(): object {
    return this.document;
  }

  @ServiceRoute(...DOCS_PATHS)
  file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = this.files.get(pathOf(request.url));
    if (file === undefined) throw notFound();
    void reply.header("content-type", file.type).header("content-security-policy", DOCS_CONTENT_SECURITY_POLICY).send(file.body);
  }
}
