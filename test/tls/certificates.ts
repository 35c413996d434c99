import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
export const NEEDS_OPENSSL = 'TLS: install openssl, which makes the certificates';

/** The only address that the server's certificate names. Linux answers on all of 127.0.0.0/8, others on one of them. */
export const NAMED_ADDRESS = '127.0.0.2';
const isLinux = process.platform === 'linux';
export const ADDRESSES = isLinux ? `127.0.0.1,${NAMED_ADDRESS}` : '127.0.0.1';
export const canTry = ({ host }: { readonly host?: string }): boolean => isLinux || host !== NAMED_ADDRESS;

export interface Certificates {
  /** Files. */
  readonly ca: string;
  readonly otherCa: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** What the server needs, as texts. */
  readonly server: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** A certificate authority, a server certificate of it for `localhost` and {@link NAMED_ADDRESS}, a client's, and a stranger's authority. */
export function makeCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  for (const name of ['ca', 'other']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
      '-subj',
      `/CN=torale test ${name}`,
    );
  }
  for (const [name, subject, extra] of [
    ['server', '/CN=localhost', `subjectAltName=DNS:localhost,IP:${NAMED_ADDRESS}`],
    ['client', '/CN=torale', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    openssl('req', ...key, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', subject);
    writeFileSync(at(`${name}.ext`), extra);
    openssl(
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      at(`${name}.ext`),
      '-out',
      at(`${name}.pem`),
    );
  }
  const read = (name: string): string => readFileSync(at(name), 'utf8');
  return {
    ca: at('ca.pem'),
    otherCa: at('other.pem'),
    clientCert: at('client.pem'),
    clientKey: at('client.key'),
    server: { cert: read('server.pem'), key: read('server.key'), ca: read('ca.pem') },
  };
}
