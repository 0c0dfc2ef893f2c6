import { Controller } from "@nestjs/common";
import {
  contactParams,
  decisionBody,
  transferBody,
  transferParams,
  type ContactParams,
  type DecisionBody,
  type TransferBody,
  type TransferParams,
} from "@ipnuo/domain/contact-bodies";
import { actorQuery, pendingQuery, type ActorQuery, type PendingQuery } from "@ipnuo/domain/queries";
import type { TransferRequest, TransferState } from "@ipnuo/domain/transfer";
import { Ask, type Asked } from "../http/asked.decorator.ts";
import { Endpoint } from "../http/endpoint.decorator.ts";
import { TransferCancellationService } from "./transfer-cancellation.service.ts";
import { TransferDecisionsService } from "./transfer-decisions.service.ts";
import { TransferRequestsService } from "./transfer-requests.service.ts";
import { TransfersService } from "./transfers.service.ts";

type Decision = Asked<object, DecisionBody, TransferParams>;

@Controller()
export class TransfersController {
  constructor(
    private readonly transfers: TransfersService,
    private readonly requests: TransferRequestsService,
    private readonly decisions: TransferDecisionsService,
    private readonly cancellation: TransferCancellationService,
  ) {}

  @Endpoint("transfers.request")
  request(@Ask({ params: contactParams, body: transferBody }) asked: Asked<object, TransferBody, ContactParams>): Promise<TransferRequest> {
    return this.requests.request(asked);
  }

  @Endpoint("transfers.status")
  status(@Ask({ params: contactParams, query: actorQuery }) asked: Asked<ActorQuery, object, ContactParams>): Promise<TransferState> {
    return this.transfers.status(asked);
  }

  @Endpoint("transfers.pending")
  pending(@Ask({ query: pendingQuery }) asked: Asked<PendingQuery>): Promise<TransferRequest[]> {
    return this.transfers.pending(asked);
  }

  @Endpoint("transfers.approve")
  approve(@Ask({ params: transferParams, body: decisionBody }) asked: Decision): Promise<TransferRequest> {
    return this.decisions.approve(asked);
  }

  @Endpoint("transfers.deny")
  deny(@Ask({ params: transferParams, body: decisionBody }) asked: Decision): Promise<TransferRequest> {
    return this.decisions.deny(asked);
  }

  @Endpoint("transfers.cancel")
  cancel(@Ask({ params: transferParams }) asked: Asked<object, object, TransferParams>): Promise<TransferRequest> {
    return this.cancellation.cancel(asked);
  }
}
