import { randomBytes } from "node:crypto";
import { Curve, hmacSign, jidDecode, proto, WA_ADV_ACCOUNT_SIG_PREFIX, type BinaryNode } from "@whiskeysockets/baileys";
import type { Connection, NodeHandler } from "../wire/connection.ts";
import { streamError } from "../wire/disconnects.ts";
import { orHungUp } from "../wire/hung-up.ts";
import { openCodeRequest } from "./pairing-code.ts";
import { lidJid, phoneJid, type Person } from "../people/person.ts";
import type { ClientHandshake } from "../wire/noise.ts";
import { child, fromBigEndian, resultOf, SERVER, stanza } from "../wire/stanza.ts";
import type { World } from "../world.ts";

const QR_REFERENCES = 6;

/** A client that wants to be paired: who it is, and what finishes it. */
export type Registration = {
  readonly identityKey: Buffer;
  /** Tells the client that a phone took it in; resolves when it has answered and is a device of that phone. */
  readonly complete: (person: Person, advSecret: Buffer) => Promise<void>;
};

/** Shows the client its QR references and waits for a phone. */
export function offerPairing(world: World, connection: Connection, { payload, noiseKey }: ClientHandshake): NodeHandler {
  const data = payload.devicePairingData;
  const identityKey = Buffer.from(data?.eIdent ?? []);
  const references = Array.from({ length: QR_REFERENCES }, () => `2@${randomBytes(24).toString("base64")}`);
  let signed: (() => void) | undefined;

  const complete = async (person: Person, advSecret: Buffer): Promise<void> => {
    const number = world.devices.nextNumber(person.phone);
    const isSigned = new Promise<void>((resolve) => (signed = resolve));
    connection.send(pairSuccess(person, number, { identityKey, advSecret, now: world.now() }));
    await orHungUp(connection, isSigned);
    await world.devices.pair({
      phone: person.phone,
      number,
      noiseKey,
      platform: proto.DeviceProps.decode(data?.deviceProps ?? new Uint8Array()).os ?? "",
      pairedAt: world.now().getTime(),
      hasHistory: false,
      bundle: {
        registrationId: fromBigEndian(Buffer.from(data?.eRegid ?? [])),
        identityKey,
        signedPreKey: {
          keyId: fromBigEndian(Buffer.from(data?.eSkeyId ?? [])),
          publicKey: Buffer.from(data?.eSkeyVal ?? []),
          signature: Buffer.from(data?.eSkeySig ?? []),
        },
      },
    });
    connection.send(streamError(515));
    connection.close();
  };
  for (const reference of references) world.registrations.set(reference, { identityKey, complete });
  void connection.closed.then(() => {
    for (const reference of references) world.registrations.delete(reference);
    for (const [phone, request] of world.codeRequests) if (request.complete === complete) world.codeRequests.delete(phone);
  });
  const refs = references.map((reference) => stanza("ref", {}, Buffer.from(reference)));
  connection.send(stanza("iq", { from: SERVER, type: "set", xmlns: "md", id: randomBytes(4).toString("hex") }, [stanza("pair-device", {}, refs)]));
  return (node) => {
    const link = child(node, "link_code_companion_reg");
    const phone = jidDecode(link?.attrs["jid"] ?? "")?.user ?? "";
    if (child(node, "pair-device-sign") !== undefined) signed?.();
    else if (link?.attrs["stage"] === "companion_hello") world.codeRequests.set(phone, { complete, ...openCodeRequest(world, connection, link) });
    else if (link?.attrs["stage"] === "companion_finish") world.codeRequests.get(phone)?.finish(link);
    if (node.tag === "iq" && node.attrs["type"] !== "result") connection.send(resultOf(node));
  };
}

/** What a phone reads off a QR. Throws with what was wrong with it. */
export function parseQr(text: string): { readonly reference: string; readonly advSecret: Buffer } {
  const fields = text.slice(text.indexOf("#") + 1).split(",");
  const [reference, , , secret] = fields;
  if (fields.length < 4 || reference === undefined || secret === undefined)
    throw new Error(`this is no pairing QR: got ${fields.length} comma-separated fields, expected ref,noise key,identity key,secret[,platform]`);
  return { reference, advSecret: Buffer.from(secret, "base64") };
}

type Proof = { readonly identityKey: Buffer; readonly advSecret: Buffer; readonly now: Date };

/** The account's signature under the device, sealed with the secret that only who saw the QR knows. */
function pairSuccess({ phone, name, identityKey: account }: Person, number: number, { identityKey, advSecret, now }: Proof): BinaryNode {
  const deviceDetails = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp: Math.floor(now.getTime() / 1000), keyIndex: number }).finish();
  const accountSignature = Curve.sign(account.private, Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, deviceDetails, identityKey]));
  const details = proto.ADVSignedDeviceIdentity.encode({ details: deviceDetails, accountSignatureKey: account.public, accountSignature }).finish();
  const sealed = proto.ADVSignedDeviceIdentityHMAC.encode({ details, hmac: hmacSign(details, advSecret) }).finish();
  return stanza("iq", { from: SERVER, type: "set", id: randomBytes(4).toString("hex"), t: String(Math.floor(now.getTime() / 1000)) }, [
    stanza("pair-success", {}, [
      stanza("device-identity", {}, sealed),
      stanza("platform", { name: "android" }),
      stanza("device", { jid: phoneJid(phone, number), lid: lidJid(phone, number) }),
      stanza("biz", { name }),
    ]),
  ]);
}
