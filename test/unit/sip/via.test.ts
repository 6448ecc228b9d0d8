import { describe, expect, test } from '@jest/globals';
import { MAGIC_COOKIE } from '../../../lib/sip/ids.ts';
import { parseVia, readVia, responseAddress, stampVia, writeVia } from '../../../lib/sip/via.ts';

const SOURCE = { address: '192.0.2.7', port: 1024 };
const answerTo = (value: string) => {
  const via = parseVia(value);
  if (via === undefined) throw new Error(`${value} is no Via`);
  return responseAddress(via, SOURCE);
};

describe('a Via header field value', () => {
  test("A Via header field value contains the transport protocol used to send the message, the client's host name or network address, and possibly the port number at which it wishes to receive responses. [3261-20.42]", () => {
    expect(parseVia('SIP/2.0/UDP erlang.bell-telephone.com:5060;branch=z9hG4bK87asdks7')).toEqual({
      transport: 'UDP',
      host: 'erlang.bell-telephone.com',
      port: 5060,
      branch: 'z9hG4bK87asdks7',
      rport: undefined,
      received: undefined,
    });
  });

  test.each([
    ['SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa.1', 4000],
    [
      'SIP  / 2.0\t/tcp   first.example.com  :  4000 ;  BRANCH =   z9hG4bKa.1  ,  SIP/2.0/UDP b',
      4000,
    ],
    ['SIP/2.0/UDP first.example.com ;branch=z9hG4bKa.1, SIP/2.0/UDP h;branch=2', undefined],
    ['SIP/2.0/TLS-SCTP first.example.com;x="a,b;branch=no";branch=z9hG4bKa.1', undefined],
    ['SIP/7.0/UNKNOWN first.example.com;branch=z9hG4bKa.1', undefined],
  ])('%s is read', (value, port) => {
    expect(readVia(value)).toMatchObject({
      via: { host: 'first.example.com', port, branch: 'z9hG4bKa.1' },
      odd: false,
    });
  });

  test.each([
    ['SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bK1', '2001:db8::9', 5070, false],
    ['SIP/2.0/UDP [2001:db8::9];branch=z9hG4bK1', '2001:db8::9', undefined, false],
    ['SIP/2.0/UDP 2001:db8::9;branch=z9hG4bK1', '2001:db8::9', undefined, true],
    ['SIP/2.0/UDP [2001:db8::9;branch=z9hG4bK1', '2001:db8::9', undefined, true],
    ['SIP/2.0/UDP h:0;branch=z9hG4bK1', 'h', undefined, true],
    ['SIP/2.0/UDP h:65536;branch=z9hG4bK1', 'h', undefined, true],
    ['SIP/2.0/UDP h:abc;branch=z9hG4bK1', 'h', undefined, true],
    ['SIP/2.0/UDP h (Acme server)', 'h', undefined, true],
    ['SIP/2.0/UDP h;;,;,,', 'h', undefined, true],
  ])('%s has host %s and port %s', (value, host, port, odd) => {
    expect(readVia(value)).toMatchObject({ via: { host, port }, odd });
  });

  test.each([
    '',
    'SIP',
    'SIP/2.0',
    'SIP/2.0/',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ;branch=x',
    'SIP/2.0/UDP \0',
    '//,',
    ',,',
  ])('%j is none', (value) => {
    expect(parseVia(value)).toBeUndefined();
    expect(stampVia(value, SOURCE)).toBe(value);
  });

  test('The branch ID inserted by an element compliant with this specification MUST always begin with the characters "z9hG4bK". [3261-8.1.1.7]', () => {
    const own = { transport: 'udp', host: '10.0.0.11', port: 5060, branch: `${MAGIC_COOKIE}1` };
    expect(writeVia(own)).toBe('SIP/2.0/UDP 10.0.0.11:5060;branch=z9hG4bK1');
    expect(parseVia('SIP/2.0/UDP h;branch=old')?.branch).toBe('old');
    for (const useless of ['', ';branch', ';branch=', ';branch=z9hG4bK']) {
      expect(parseVia(`SIP/2.0/UDP h${useless}`)?.branch).toBeUndefined();
    }
  });

  test('This parameter MUST have no value; it serves as a flag to indicate to the server support for and request of this extension. [3581-3]', () => {
    const own = { transport: 'tcp', host: '2001:db8::1', port: 5060, branch: 'z9hG4bK1' };
    const value = writeVia({ ...own, rport: true });
    expect(value).toBe('SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bK1;rport');
    expect(parseVia(value)?.rport).toBe('asked');
    expect(parseVia('SIP/2.0/UDP h;rport=')?.rport).toBe('asked');
    expect(parseVia('SIP/2.0/UDP h;rport=abc')?.rport).toBe('asked');
    expect(parseVia('SIP/2.0/UDP h;RPort=9;Received=192.0.2.1')).toMatchObject({
      rport: 9,
      received: '192.0.2.1',
    });
  });
});

describe('what the server adds to the Via of a request', () => {
  test('If the host portion of the "sent-by" parameter contains a domain name, or if it contains an IP address that differs from the packet source address, the server MUST add a "received" parameter to that Via header field value. [3261-18.2.1]', () => {
    const same = 'SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1';
    expect(stampVia(same, SOURCE)).toBe(same);
    expect(stampVia('SIP/2.0/UDP ua.example;branch=z9hG4bK1', SOURCE)).toBe(
      'SIP/2.0/UDP ua.example;branch=z9hG4bK1;received=192.0.2.7',
    );
    expect(stampVia('SIP/2.0/UDP 10.1.1.1', SOURCE)).toBe(
      'SIP/2.0/UDP 10.1.1.1;received=192.0.2.7',
    );
    const six = 'SIP/2.0/UDP [2001:DB8:0::9]:5060;branch=z9hG4bK1';
    expect(stampVia(six, { address: '2001:db8::9', port: 5060 })).toBe(six);
    expect(stampVia(six, { address: '2001:db8::8', port: 5060 })).toBe(
      `${six};received=2001:db8::8`,
    );
  });

  test('If this Via header field value contains an "rport" parameter with no value, it MUST set the value of the parameter to the source port of the request. [3581-4]', () => {
    const stamped = stampVia('SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK1', SOURCE);
    expect(parseVia(stamped)).toEqual({
      transport: 'UDP',
      host: '192.0.2.7',
      port: 5060,
      branch: 'z9hG4bK1',
      rport: 1024,
      received: '192.0.2.7',
    });
    expect(stampVia('SIP/2.0/UDP 192.0.2.7;rport=5060', SOURCE)).toContain(';rport=1024');
    expect(stampVia(' SIP/2.0/UDP a;received=192.0.2.1', SOURCE)).toBe(
      'SIP/2.0/UDP a;received=192.0.2.7',
    );
    expect(stampVia('SIP/2.0/UDP 192.0.2.7;rport=5060', SOURCE)).not.toContain('=5060');
  });

  test('takes out a received of the sender, and leaves the rest of a list alone', () => {
    const value =
      'SIP/2.0/UDP h ; received=10.0.0.1 ;x="a;rport";received , SIP/2.0/TCP b;rport;z=1';
    expect(stampVia(value, SOURCE)).toBe(
      'SIP/2.0/UDP h  ;x="a;rport";received=192.0.2.7, SIP/2.0/TCP b;rport;z=1',
    );
  });
});

describe('where a response goes', () => {
  test('Otherwise (for unreliable unicast transports), if the top Via has a "received" parameter, the response MUST be sent to the address in the "received" parameter, using the port indicated in the "sent-by" value, or using port 5060 if none is specified explicitly. [3261-18.2.2]', () => {
    expect(answerTo('SIP/2.0/UDP 10.1.1.1:5070')).toEqual({ address: '192.0.2.7', port: 5070 });
    expect(answerTo('SIP/2.0/UDP 10.1.1.1')).toEqual({ address: '192.0.2.7', port: 5060 });
    expect(answerTo('SIP/2.0/TLS 10.1.1.1')).toEqual({ address: '192.0.2.7', port: 5061 });
  });

  test('the response MUST be sent to the IP address indicated in the "received" parameter, and the port indicated in the "rport" parameter. [3581-4]', () => {
    expect(answerTo('SIP/2.0/UDP 10.1.1.1:5070;rport')).toBe(SOURCE);
    expect(answerTo('SIP/2.0/UDP 10.1.1.1:5070;rport=1')).toBe(SOURCE);
  });

  test('nowhere that maddr or received name', () => {
    const value = 'SIP/2.0/UDP 10.1.1.1;maddr=10.9.9.9;received=10.8.8.8';
    expect(answerTo(value)).toEqual({ address: '192.0.2.7', port: 5060 });
  });
});
