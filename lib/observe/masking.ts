/** How a field is masked: `never` is not written at all, `plain` as it is, `person` as a user. */
export type Masking = 'plain' | 'address' | 'uri' | 'text' | 'person' | 'never';

/** What becomes of each field of a log line. A field that does not stand here is `text`. */
export const MASKING: Readonly<Record<string, Masking>> = {
  event: 'plain',
  site: 'plain',
  through: 'plain',
  callId: 'plain',
  leg: 'plain',
  direction: 'plain',
  gateway: 'plain',
  engine: 'plain',
  server: 'plain',
  group: 'plain',
  trunk: 'plain',
  local: 'plain',
  listener: 'plain',
  admin: 'plain',
  receivedOn: 'plain',
  method: 'plain',
  hopsBefore: 'plain',
  hopsNow: 'plain',
  version: 'plain',
  remote: 'address',
  source: 'address',
  sipCallId: 'address',
  from: 'uri',
  to: 'uri',
  uri: 'uri',
  contact: 'uri',
  message: 'text',
  why: 'text',
  user: 'person',
  number: 'person',
  caller: 'person',
  callee: 'person',
  msisdn: 'person',
  imsi: 'person',
  imei: 'person',
  displayName: 'never',
  body: 'never',
  sdp: 'never',
  authorization: 'never',
  proxyAuthorization: 'never',
  identity: 'never',
  password: 'never',
  secret: 'never',
  token: 'never',
  location: 'never',
  geolocation: 'never',
  pidf: 'never',
  pidfLo: 'never',
  geopriv: 'never',
  civic: 'never',
  civicAddress: 'never',
  position: 'never',
  coordinates: 'never',
  latitude: 'never',
  longitude: 'never',
  altitude: 'never',
  lat: 'never',
  lon: 'never',
  lng: 'never',
  pos: 'never',
};

/** The civic address elements of RFC 4119 and RFC 5139; each says where somebody is. */
const CIVIC = `country A1 A2 A3 A4 A5 A6 PRD POD STS HNO HNS LMK LOC FLR NAM PC BLD UNIT ROOM SEAT
  PLC PCN POBOX ADDCODE RD RDSEC RDBR RDSUBBR PRM POM street city postcode houseNumber`;

const BY_NAME: ReadonlyMap<string, Masking> = new Map([
  ...Object.entries(MASKING).map(([name, masking]): [string, Masking] => [fold(name), masking]),
  ...CIVIC.split(/\s+/).map((name): [string, Masking] => [fold(name), 'never']),
]);

/** However the name is written: `Proxy-Authorization`, `ca:RD`. */
export function maskingOf(name: string): Masking {
  return BY_NAME.get(fold(name)) ?? 'text';
}

function fold(name: string): string {
  const local = name.slice(name.lastIndexOf(':') + 1);
  return local.toLowerCase().replace(/[^a-z0-9]/g, '');
}
