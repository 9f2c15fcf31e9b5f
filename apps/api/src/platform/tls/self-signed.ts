import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import 'reflect-metadata';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;
/** Browsers refuse certificates that hold for longer than 398 days. */
const VALID_MS = 397 * DAY_MS;
/** The clocks of other computers may be behind. */
const EARLIER_MS = DAY_MS;

/** Makes a private key (P-256), as PEM. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A certificate as PEM that the key signs itself, for these host names and addresses. */
export async function selfSigned(key: string, names: readonly string[], now = Date.now()): Promise<string> {
  // Most servers never need it, and it is large.
  const x509 = await import('@peculiar/x509');
  const { subtle } = webcrypto;
  const privateKey = createPrivateKey(key);
  const [own, shown] = await Promise.all([
    subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), ALGORITHM, false, ['sign']),
    subtle.importKey('spki', createPublicKey(privateKey).export({ type: 'spki', format: 'der' }), ALGORITHM, true, [
      'verify',
    ]),
  ]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=ML Experimenter',
      notBefore: new Date(now - EARLIER_MS),
      notAfter: new Date(now - EARLIER_MS + VALID_MS),
      signingAlgorithm: ALGORITHM,
      keys: { privateKey: own, publicKey: shown },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
        ),
      ],
    },
    webcrypto,
  );
  return certificate.toString('pem');
}
