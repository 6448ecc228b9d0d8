import { anyList, filePath } from './formats.ts';
import { given } from './items.ts';
import { leaf, optional } from './leaf.ts';

const PEM = (what: string, example: string) =>
  filePath(`${what} file`, `write a PEM file, such as ${example}`);

/** Who this site is over TLS. The files are read anew as they change. */
export const TLS = {
  certificate: optional(
    PEM('certificate', '/etc/landfall/tls.pem'),
    'The certificate with its chain, for A, U and the gateway side. It must name what Contact says ' +
      'at U, or callers that look at it could not go on there. Renewed on disk it serves new ' +
      'connections within seconds.',
  ),
  key: optional(PEM('key', '/etc/landfall/tls.key'), 'The file with its private key.'),
  also: leaf(
    anyList('[{ certificate: /etc/landfall/old.pem, key: /etc/landfall/old.key }]'),
    [],
    'Further certificates, each shown to callers that ask for a name in it (SNI) which none before ' +
      'has. Who asks for none, or for an address, is shown the one above.',
  ),
  authorities: optional(
    PEM('authority', '/etc/landfall/ca.pem'),
    'Who certifies gateways. Left out: whom the world trusts. A gateway must be certified by the ' +
      'name, or address, in its URI.',
  ),
};

export const CERTIFICATE = {
  certificate: given(
    PEM('further certificate', '/etc/landfall/old.pem'),
    'It with its chain. It must have a name that is no address.',
  ),
  key: given(PEM('further key', '/etc/landfall/old.key'), 'The file with its private key.'),
};
