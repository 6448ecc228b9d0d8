import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openObserver } from '../../../lib/observe/log-sink.ts';
import { QUIET } from '../../support/quiet.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { VirtualWorld } from '../../support/virtual-world.ts';
import { someRecord, someSteps } from './some-call.ts';

/** What must not be read in the log, whatever field it gets into. */
const SECRETS: readonly string[] = [
  '46701234567',
  '701234567',
  '240991234567890',
  '356938035643809',
  '203.0.113.77',
  '59.3293',
  '18.0686',
  'Drottninggatan',
  'Alice',
  'hunter2',
  '6629fae4',
  'RTP/AVP',
];

const PIDF_LO =
  '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf"><gp:geopriv>' +
  '<gml:pos>59.3293 18.0686</gml:pos><ca:RD>Drottninggatan</ca:RD></gp:geopriv></presence>';

/** A leak of every kind, as the text of a field and as a field of its own. */
const TEXTS: Readonly<Record<string, string>> = {
  sipUri: 'from <sip:+46701234567@203.0.113.77>',
  telUri: 'asked for tel:+46701234567;phone-context=x',
  plainNumber: 'no user 0701234567 here',
  spacedNumber: 'no user +46 70 123 45 67 here',
  imsi: 'IMSI240991234567890 attached, imsi-240991234567890, user:240991234567890',
  imei: 'urn:gsma:imei:356938035643809',
  address: 'from 203.0.113.77:5060',
  geoUri: 'Geolocation: <geo:59.3293,18.0686;u=30>',
  coordinates: 'near 59.3293, 18.0686',
  signed: 'near +59.3293 -18.0686',
  pidfLo: PIDF_LO,
  pidfPart: '<gml:pos>59.3293 18.0686</gml:pos>',
  civicPart: 'cut: <ca:RD>Drottninggatan</ca:RD>',
  civicOpen: '<RD>Drottninggatan',
  sdp: 'v=0\r\nm=audio 4000 RTP/AVP 0',
  digest: 'Digest username="Alice", response="6629fae4"',
};

const FIELDS: Readonly<Record<string, unknown>> = {
  latitude: 59.3293,
  Longitude: 18.0686,
  location: { lat: 59.3293, civic: { RD: 'Drottninggatan' } },
  civic: { A6: 'Drottninggatan' },
  RD: 'Drottninggatan',
  NAM: 'Alice',
  'ca:RD': 'Drottninggatan',
  pos: '59.3293 18.0686',
  Geolocation: '<cid:alice@x>',
  imsi: 240991234567890,
  subscriber: 240991234567890,
  big: 240991234567890n,
  msisdn: 46701234567,
  number: '0701234567',
  displayName: 'Alice',
  'Proxy-Authorization': 'x 6629fae4',
  password: 'hunter2',
  body: PIDF_LO,
  bytes: Buffer.from(PIDF_LO),
  counts: { '+46701234567': 3, 'sip:+46701234567@203.0.113.77': 1 },
  to: ['"Alice" <sip:+46701234567@203.0.113.77>'],
  remote: '203.0.113.77:5060',
  error: new Error('no leg for tel:+46701234567 near geo:59.3293,18.0686'),
};

const folder = tempFolder('leaks');
afterAll(() => folder.remove());

test('no number, place or secret gets into the log by any field; the record holds them', async () => {
  const records = join(folder.path, 'calls.ndjson');
  const steps = join(folder.path, 'steps.ndjson');
  const observer = openObserver({
    site: 'sto',
    level: 'trace',
    steps,
    records,
    rotateBytes: 0,
    rotateHours: 0,
    keepFiles: 1,
    waitingCharsMax: 1_000_000,
    readableHosts: ['192.0.2.112'],
    present: () => QUIET,
    world: new VirtualWorld(1).world,
  });
  const { sink } = observer;
  for (const [kind, text] of Object.entries(TEXTS)) {
    for (const field of ['why', 'message', 'note', 'stack', 'uri']) {
      sink.note({ event: 'leak', level: 'info', kind, [field]: text });
      sink.note({ event: 'leak', level: 'debug', kind, deep: { list: [{ [field]: text }] } });
    }
    const [step] = someSteps();
    if (step !== undefined) sink.step({ ...step, message: text, why: text, contact: text });
  }
  for (const [name, value] of Object.entries(FIELDS)) {
    sink.note({ event: 'leak', level: 'info', [name]: value });
  }
  const from = '"Alice" <sip:+46701234567@203.0.113.77>';
  sink.record(someRecord({ from, source: '203.0.113.77:40123' }));
  await observer.close();

  const lines = readFileSync(steps, 'utf8').split('\n').slice(0, -1);
  expect(lines).toHaveLength(Object.keys(TEXTS).length * 11 + Object.keys(FIELDS).length);
  const leaks = lines.filter((line) => SECRETS.some((secret) => line.includes(secret)));
  expect(leaks).toEqual([]);
  expect(JSON.parse(readFileSync(records, 'utf8'))).toMatchObject({
    from,
    source: '203.0.113.77:40123',
  });
  expect(statSync(records).mode & 0o777).toBe(0o600);
});
