import { Curve, proto, WA_CERT_DETAILS } from "@whiskeysockets/baileys";
import type { NoiseIdentity } from "./noise.ts";

const { Details } = proto.CertChain.NoiseCertificate;

/**
 * The server's static key and a certificate chain of our own for it. The client asks of the chain that it is well formed
 * and that the intermediate names the root's serial; what authenticates a real server is TLS.
 */
export function createNoiseIdentity(): NoiseIdentity {
  const keyPair = Curve.generateKeyPair();
  const root = Curve.generateKeyPair();
  const intermediate = Curve.generateKeyPair();
  const intermediateDetails = Details.encode({ serial: 1, issuerSerial: WA_CERT_DETAILS.SERIAL, key: intermediate.public }).finish();
  const leafDetails = Details.encode({ serial: 2, issuerSerial: 1, key: keyPair.public }).finish();
  const certificateChain = proto.CertChain.encode({
    intermediate: { details: intermediateDetails, signature: Curve.sign(root.private, intermediateDetails) },
    leaf: { details: leafDetails, signature: Curve.sign(intermediate.private, leafDetails) },
  }).finish();
  return { keyPair, certificateChain };
}
