/**
 * The demo cluster's own certificate authority, EC P-256, in the few DER forms it needs.
 * Written out here because the X.509 libraries at hand cost more start-up time than the rest of the program together
 * (and need a Reflect polyfill); node:crypto makes the keys and signatures.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface KeyPair {
  /** PEM. */
  cert: string;
  key: string;
}

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head =
    length < 128
      ? [tag, length]
      : length < 256
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), body]);
};
const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts);
const set = (...parts: Buffer[]) => tlv(0x31, ...parts);
const utf8 = (value: string) => tlv(0x0c, Buffer.from(value));
const boolean = (value: boolean) => tlv(0x01, Buffer.from([value ? 255 : 0]));
const octets = (value: Buffer) => tlv(0x04, value);
const bits = (value: Buffer, unused = 0) => tlv(0x03, Buffer.from([unused]), value);
const explicit = (tag: number, value: Buffer) => tlv(0xa0 + tag, value);

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

const time = (date: Date) =>
  tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

interface Subject {
  commonName: string;
  organizations?: string[];
}

function name({ commonName, organizations = [] }: Subject): Buffer {
  const attribute = (type: string, value: string) => set(sequence(oid(type), utf8(value)));
  return sequence(
    ...organizations.map((value) => attribute('2.5.4.10', value)),
    attribute('2.5.4.3', commonName),
  );
}

const extension = (id: string, isCritical: boolean, value: Buffer) =>
  sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octets(value));

interface Request {
  subject: Subject;
  usage: 'ca' | 'server' | 'client';
}

function extensions({ usage }: Request): Buffer {
  const list = [extension('2.5.29.19', true, sequence(...(usage === 'ca' ? [boolean(true)] : [])))];
  // keyUsage: keyCertSign and cRLSign for the authority, digitalSignature for the others.
  list.push(
    extension(
      '2.5.29.15',
      true,
      usage === 'ca' ? bits(Buffer.from([0x06]), 1) : bits(Buffer.from([0x80]), 7),
    ),
  );
  if (usage !== 'ca') {
    const purpose = usage === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2';
    list.push(extension('2.5.29.37', false, sequence(oid(purpose))));
  }
  if (usage === 'server') {
    const dns = ['localhost', 'kubernetes', 'kubernetes.default.svc'].map((value) =>
      tlv(0x82, Buffer.from(value)),
    );
    list.push(extension('2.5.29.17', false, sequence(...dns, tlv(0x87, Buffer.from([127, 0, 0, 1])))));
  }
  return explicit(3, sequence(...list));
}

const pem = (label: string, der: Buffer) =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;

export class CertificateAuthority {
  readonly cert: string;
  readonly #key: KeyObject;
  readonly #issuer: Subject;
  readonly #nowMs: number;

  /** `nowMs` is real time: TLS clients compare validity with their own clock, not with the demo's. */
  constructor(commonName: string, nowMs: number) {
    this.#issuer = { commonName };
    this.#nowMs = nowMs;
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = pair.privateKey;
    this.cert = this.#sign({ subject: this.#issuer, usage: 'ca' }, pair.publicKey);
  }

  server(commonName: string): KeyPair {
    return this.#issue({ subject: { commonName }, usage: 'server' });
  }

  /** A user's certificate: common name is the user, organizations the groups. */
  client(commonName: string, organizations: string[]): KeyPair {
    return this.#issue({ subject: { commonName, organizations }, usage: 'client' });
  }

  #issue(request: Request): KeyPair {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      cert: this.#sign(request, pair.publicKey),
      key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
  }

  #sign(request: Request, publicKey: KeyObject): string {
    const serial = randomBytes(16);
    serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
    const body = sequence(
      explicit(0, tlv(0x02, Buffer.from([2]))),
      tlv(0x02, serial),
      ECDSA_SHA256,
      name(this.#issuer),
      sequence(time(new Date(this.#nowMs - 3_600_000)), time(new Date(this.#nowMs + 365 * 86_400_000))),
      name(request.subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      extensions(request),
    );
    return pem('CERTIFICATE', sequence(body, ECDSA_SHA256, bits(sign('sha256', body, this.#key))));
  }
}
