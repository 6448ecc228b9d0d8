import { createHash } from 'node:crypto';

/** An INVITE as phones, cars and carriers send it in an emergency. */
export type EmergencyInvite = {
  readonly what: string;
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
};

type Part = { readonly headers: readonly string[]; readonly content: Buffer | string };

const SMALLEST_BYTES = 2048;
const LARGEST_BYTES = 14_336;
const COUNT = 20;

/** Twenty of them, from 2 to 14 KB, the same ones at each run. */
export function emergencyInvites(): readonly EmergencyInvite[] {
  return Array.from({ length: COUNT }, (_, at) => {
    const size = Math.round(
      SMALLEST_BYTES * (LARGEST_BYTES / SMALLEST_BYTES) ** (at / (COUNT - 1)),
    );
    return [phone, car, carrier, relay][at % 4]?.(at, size) ?? phone(at, size);
  });
}

/** One with everything at once: 14 KB, two PASSporTs of 2 KB, binary data with NUL. */
export function wholeEmergencyInvite(): EmergencyInvite {
  const at = 99;
  const identity = (which: number): [string, string] => [
    'Identity',
    `${passport(at + which)}${octets(`${which}`, 1200).toString('base64url')};info=<https://cert.example/${which}.pem>;alg=ES256;ppt=shaken`,
  ];
  return filled(
    'whole 99',
    LARGEST_BYTES,
    [sdp(at), msd(at), location(at, civic(at))],
    [
      ['Geolocation', `<cid:loc${at}@car.example>`],
      ['Geolocation-Routing', 'yes'],
      ['Call-Info', `<cid:msd${at}@car.example>;purpose=EmergencyCallData.eCall.MSD`],
      ['Resource-Priority', 'esnet.1'],
      ['History-Info', '<urn:service:sos>;index=1;rc=1'],
      identity(0),
      identity(1),
    ],
  );
}

/** A mobile phone with its place as a circle. */
function phone(at: number, size: number): EmergencyInvite {
  return filled(
    `phone ${at}`,
    size,
    [sdp(at), location(at, circle(at))],
    [
      ['Geolocation', `<cid:loc${at}@phone.example>`],
      ['Geolocation-Routing', 'yes'],
      ['P-Access-Network-Info', `3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=2400${at}D0FCE11`],
    ],
  );
}

/** A car after a crash: the minimum set of data is binary. */
function car(at: number, size: number): EmergencyInvite {
  return filled(
    `car ${at}`,
    size,
    [sdp(at), msd(at), location(at, circle(at))],
    [
      ['Geolocation', `<cid:loc${at}@car.example>`],
      ['Call-Info', `<cid:msd${at}@car.example>;purpose=EmergencyCallData.eCall.MSD`],
      [
        'Accept',
        'application/sdp, application/pidf+xml, application/EmergencyCallData.Control+xml',
      ],
      ['Recv-Info', 'EmergencyCallData.eCall.MSD'],
    ],
  );
}

/** A carrier that signs who calls, after a diversion. */
function carrier(at: number, size: number): EmergencyInvite {
  return filled(
    `carrier ${at}`,
    size,
    [sdp(at), location(at, civic(at))],
    [
      ['Geolocation', `<cid:loc${at}@carrier.example>`],
      ['Identity', `${passport(at)};info=<https://cert.example/${at}.pem>;alg=ES256;ppt=shaken`],
      ['History-Info', '<sip:112@carrier.example>;index=1'],
      ['History-Info', '<urn:service:sos>;index=1.1;rc=1'],
      ['P-Asserted-Identity', `"Åsa Öberg" <sip:+4681234${at}@carrier.example>`],
      ['Resource-Priority', 'esnet.1'],
    ],
  );
}

/** A text relay with additional data about the provider, the service and the caller. */
function relay(at: number, size: number): EmergencyInvite {
  const blocks = ['ProviderInfo', 'ServiceInfo', 'SubscriberInfo'];
  const infos = blocks.map((block): [string, string] => [
    'Call-Info',
    `<cid:${block}${at}@relay.example>;purpose=EmergencyCallData.${block}`,
  ]);
  const parts = [sdp(at), location(at, civic(at)), ...blocks.map((block) => data(at, block))];
  return filled(`relay ${at}`, size, parts, [
    ['Geolocation', `<cid:loc${at}@relay.example>`],
    ...infos,
    ['Reply-To', '<sip:relay@relay.example>'],
  ]);
}

/** Makes it as large as it shall be with a comment for the call-taker. */
function filled(
  what: string,
  size: number,
  parts: readonly Part[],
  headers: EmergencyInvite['headers'],
): EmergencyInvite {
  const boundary = `b-${createHash('sha256').update(what).digest('hex').slice(0, 12)}`;
  const type = ['Content-Type', `multipart/mixed;boundary="${boundary}"`] as const;
  const around = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const comment = (text: string): Part => ({
    headers: ['Content-Type: application/EmergencyCallData.Comment+xml'],
    content: `<com:EmergencyCallData.Comment xmlns:com="urn:ietf:params:xml:ns:EmergencyCallData:Comment"><com:Comment xml:lang="sv">${text}</com:Comment></com:EmergencyCallData.Comment>\r\n`,
  });
  const bare = multipart(boundary, [...parts, comment('')]);
  const lacking = Math.max(0, size - around - bare.length);
  const body = multipart(boundary, [...parts, comment(speech(lacking))]);
  const uri = what.startsWith('car') ? 'urn:service:sos' : 'sip:112@example.com;user=phone';
  return { what, uri, headers: [...headers, type, ['MIME-Version', '1.0']], body };
}

function multipart(boundary: string, parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ headers, content }) => [
    Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** UTF-8 of exactly so many bytes. */
function speech(bytes: number): string {
  const words = 'Det brinner på andra våningen, två personer är kvar. ';
  const text = Buffer.from(words.repeat(Math.ceil(bytes / words.length) + 1)).subarray(0, bytes);
  return text.toString('utf8').replace(/�+$/, (rest) => '.'.repeat(rest.length));
}

const sdp = (at: number): Part => ({
  headers: ['Content-Type: application/sdp'],
  content: [
    'v=0',
    `o=- ${9_000_000 + at} 1 IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${20_000 + 2 * at} RTP/AVP 96 8 101`,
    'a=rtpmap:96 AMR-WB/16000',
    'a=fmtp:96 octet-align=1; mode-change-capability=2',
    'a=rtpmap:101 telephone-event/8000',
    'a=ptime:20',
    '',
  ].join('\r\n'),
});

const location = (at: number, place: string): Part => ({
  headers: ['Content-Type: application/pidf+xml', `Content-ID: <loc${at}@example>`],
  content: `<?xml version="1.0" encoding="UTF-8"?>\r\n<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:cl="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr" xmlns:gs="http://www.opengis.net/pidflo/1.0" xmlns:gml="http://www.opengis.net/gml" entity="pres:${at}@example.com">\r\n <tuple id="t${at}"><status><gp:geopriv><gp:location-info>${place}</gp:location-info><gp:usage-rules/><gp:method>A-GNSS</gp:method></gp:geopriv></status><timestamp>2026-01-01T12:00:00Z</timestamp></tuple>\r\n</presence>\r\n`,
});

const circle = (at: number) =>
  `<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>59.33${at} 18.06${at}</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9001">${10 + at}</gs:radius></gs:Circle>`;

const civic = (at: number) =>
  `<cl:civicAddress xml:lang="sv"><cl:country>SE</cl:country><cl:A3>Göteborg</cl:A3><cl:RD>Östra Hamngatan</cl:RD><cl:HNO>${at}</cl:HNO><cl:FLR>2</cl:FLR></cl:civicAddress>`;

/** A minimum set of data in unaligned PER: any octets, NUL among them. */
const msd = (at: number): Part => ({
  headers: [
    'Content-Type: application/EmergencyCallData.eCall.MSD',
    `Content-ID: <msd${at}@car.example>`,
    'Content-Disposition: by-reference;handling=optional',
  ],
  content: Buffer.concat([Buffer.from([2, 0x1c, at, 0, 0]), octets(`msd ${at}`, 135)]),
});

const data = (at: number, block: string): Part => ({
  headers: [
    `Content-Type: application/EmergencyCallData.${block}+xml`,
    `Content-ID: <${block}${at}@relay.example>`,
  ],
  content: `<ad:EmergencyCallData.${block} xmlns:ad="urn:ietf:params:xml:ns:EmergencyCallData:${block}"><ad:DataProviderReference>${octets(block, 16).toString('hex')}@relay.example</ad:DataProviderReference><ad:TelecommunicatorContact>sip:noc@relay.example</ad:TelecommunicatorContact></ad:EmergencyCallData.${block}>\r\n`,
});

function passport(at: number): string {
  const parts = [
    { alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u: `https://cert.example/${at}.pem` },
    {
      attest: 'A',
      dest: { uri: ['urn:service:sos'] },
      iat: 1_767_000_000 + at,
      orig: { tn: '46812345' },
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...parts, octets(`signature ${at}`, 64).toString('base64url')].join('.');
}

/** So many octets, the same for the same seed. */
function octets(seed: string, count: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, at) =>
    createHash('sha256').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, count);
}
