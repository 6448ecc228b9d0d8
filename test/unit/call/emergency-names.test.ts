import { describe, expect, test } from '@jest/globals';
import { emergencyNames } from '../../../lib/call/emergency-names.ts';
import { header } from '../../../lib/sip/header-names.ts';
import type { Header } from '../../../lib/sip/message.ts';

const ELEMENT = 'sto.bcf.example';
let drawn = 0;
function draw(): string {
  drawn += 1;
  return `${drawn}`.padStart(32, 'a');
}
const named = (...headers: readonly Header[]) =>
  emergencyNames(headers, ELEMENT, draw).map(({ written, value }) => `${written}: ${value}`);
const CALL = header(
  'Call-Info',
  '<urn:emergency:uid:callid:abcdefghij:op.example>;purpose=emergency-CallId',
);
const INCIDENT = header(
  'Call-Info',
  '<sip:x@y>;purpose=icon, <urn:emergency:uid:incidentid:abcdefghij:op.example>; Purpose=Emergency-IncidentId',
);
const UID = (kind: string) =>
  expect.stringMatching(
    new RegExp(`^Call-Info: <urn:emergency:uid:${kind}id:[a-z0-9]{32}:${ELEMENT}>;purpose=`),
  );

describe('the names that an emergency call gets from the first element that it comes to', () => {
  test('are one of the call, one of the incident, and a priority of the namespace esnet [7135-2]', () => {
    const [call, incident, ...rest] = named();
    expect([call, incident]).toEqual([UID('call'), UID('incident')]);
    expect(call).toMatch(/;purpose=emergency-CallId$/);
    expect(incident).toMatch(/;purpose=emergency-IncidentId$/);
    expect(rest).toEqual(['Resource-Priority: esnet.1']);
  });

  test('are not given again where somebody has given them', () => {
    expect(named(CALL, INCIDENT, header('Resource-Priority', 'ets.0, ESNET.3'))).toEqual([]);
    expect(named(CALL, header('Resource-Priority', 'ets.0'))).toEqual([
      UID('incident'),
      'Resource-Priority: esnet.1',
    ]);
  });

  test('are other ones for each call', () => {
    expect(named()[0]).not.toBe(named()[0]);
  });
});
