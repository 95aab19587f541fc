import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { badConfiguration } from '../errors.ts';

/**
 * Certificates and keys of a kubeconfig, checked before a connection uses them: OpenSSL's own errors name neither
 * file nor entry, and a malformed certificate authority would silently trust nobody. Throws BadConfiguration.
 */
const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

export function checkCertificates(pem: string, what: string): readonly X509Certificate[] {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw badConfiguration(`${what} holds no certificate (PEM)`);
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw badConfiguration(`${what} holds a certificate that cannot be read`);
    }
  });
}

/** The pair a client shows. Returns when the certificate ends (wall clock, ms since 1970). */
export function checkPair(
  certificatePem: string,
  certificateWhat: string,
  keyPem: string,
  keyWhat: string,
): number {
  const certificate = checkCertificates(certificatePem, certificateWhat)[0];
  const key = privateKey(keyPem, keyWhat);
  if (certificate === undefined || !belongs(certificate, key)) {
    throw badConfiguration(`${keyWhat} does not belong to its certificate`);
  }
  return Date.parse(certificate.validTo);
}

function belongs(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.publicKey.equals(createPublicKey(key));
  } catch {
    return false;
  }
}

function privateKey(pem: string, what: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (failure) {
    const isLocked = failure instanceof Error && /passphrase|interrupted or cancelled/i.test(failure.message);
    throw badConfiguration(
      isLocked ? `${what} is protected by a passphrase` : `${what} holds no private key (PEM)`,
    );
  }
}
