import { realWorld } from '../../../lib/base/real-world.ts';
import { builtinEngine } from '../../../lib/engine/builtin/engine.ts';
import type { DatagramEars } from '../../../lib/engine/builtin/datagrams.ts';
import { header } from '../../../lib/sip/header-names.ts';
import { sipCallId, tagOf, uriText, legId } from '../../../lib/sip/ids.ts';
import { octets, NOTHING, LISTENERS, A, B, U, CALLER, GATEWAY } from './builtin/stage.ts';
const N = Number(process.argv[2] ?? 20000);
const world = realWorld();
const ears = new Map<string, DatagramEars>();
let out: [string, Buffer][] = [];
const datagrams = { bind: async (l: any, e: DatagramEars) => { ears.set(l.address, e); return { kind: 'bound' as const, socket: { send: (b: Buffer) => void out.push([l.address, b]), close: async () => {} } }; } };
const sdp = octets('v=0\r\no=- 1 1 IN IP4 203.0.113.7\r\ns=-\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n');
const ct = [header('Content-Type', 'application/sdp')];
let n = 0;
const engine = builtinEngine({ world, datagrams, ears: {
  onInvite: ({ leg }) => { n++; engine.invite({ leg: legId('b-' + leg), listener: LISTENERS[2]!, nextHop: GATEWAY, uri: uriText('sip:112@10.0.1.31:5080'), from: `"A" <sip:+4670@op.example>;tag=t${leg}`, to: '<sip:112@192.0.2.112>', tag: tagOf('v1k1.abe.abcdefg.abcdefgh.' + leg), callId: sipCallId('cb-' + leg), contact: uriText('sip:v1k1.abe@10.0.0.11:5060'), maxForwards: 69, headers: ct, body: sdp }); },
  onLeg: (leg, e) => { const b = leg.startsWith('b-'); const o = legId(b ? leg.slice(2) : 'b-' + leg); const r = { tag: tagOf('ours-' + o), contact: uriText('sip:token@198.51.100.11:5060'), headers: ct, body: sdp };
    if (e.on === 'ringing') engine.ring(o, { ...r, status: 180, reason: 'Ringing', headers: [], body: octets('') });
    if (e.on === 'answered') engine.answer(o, { ...r, status: 200, reason: 'OK' });
    if (e.on === 'acknowledged') engine.acknowledge(o, tagOf('gw'), NOTHING);
    if (e.on === 'hung-up') engine.hangUp(o, tagOf('gw'), []); },
  onStray: () => { throw new Error('stray'); }, onFault: (f) => { throw new Error(f.reason); } } });
await engine.listen(LISTENERS);
const req = (m: string, i: number, cseq: number, tag: string, body: string) => Buffer.from([`${m} sip:112@192.0.2.112 SIP/2.0`, `Via: SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK-${i}-${cseq}-${m};rport`, 'Max-Forwards: 70', `From: "A Caller" <sip:+46701234567@op.example>;tag=c${i}`, `To: <sip:112@192.0.2.112>${tag}`, `Call-ID: call-${i}@203.0.113.7`, `CSeq: ${cseq} ${m}`, 'Contact: <sip:phone@203.0.113.7:5060>', 'User-Agent: phone 1.0', 'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE', ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${body.length}`, '', body].join('\r\n'), 'latin1');
const resp = (b: Buffer, status: number, tag: string, body: string) => { const t = b.toString('latin1').split('\r\n\r\n')[0]!.split('\r\n').slice(1).filter((l) => /^(Via|From|To|Call-ID|CSeq)/.test(l)).map((l) => l.startsWith('To') && tag && !l.includes('tag=') ? `${l};tag=${tag}` : l); return Buffer.from([`SIP/2.0 ${status} X`, ...t, 'Contact: <sip:gw@10.0.1.31:5080>', 'Server: gw', ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${body.length}`, '', body].join('\r\n'), 'latin1'); };
let cpu = 0n;
const give = (to: string, b: Buffer) => { const t = process.hrtime.bigint(); ears.get(to)!.onDatagram(b, to === B.address ? GATEWAY : CALLER); cpu += process.hrtime.bigint() - t; };
const last = (addr: string) => { const f = out.filter(([a]) => a === addr).at(-1)![1]; return f; };
async function run(count: number, from: number) {
  for (let i = from; i < from + count; i++) {
    out = [];
    give(A.address, req('INVITE', i, 1, '', sdp));
    const inv = last(B.address);
    for (const [s, t, bd] of [[100, '', ''], [180, 'gw', ''], [200, 'gw', sdp]] as const) give(B.address, resp(inv, s, t, bd));
    const toTag = /To: .*(;tag=[^\r]*)/.exec(last(A.address).toString('latin1'))![1]!;
    give(U.address, req('ACK', i, 1, toTag, ''));
    give(U.address, req('BYE', i, 2, toTag, ''));
    give(B.address, resp(last(B.address), 200, '', ''));
    if (i % 100 === 0) await new Promise((r) => setImmediate(r));
  }
}
await run(3000, 0);
cpu = 0n; const c0 = process.cpuUsage(); 
await run(N, 3000);
const c1 = process.cpuUsage(c0);
console.log('engine us/call', Number(cpu) / 1000 / N, 'process us/call', (c1.user + c1.system) / N, 'msgs out last', out.length, engine.sizes(), engine.counts(), 'heap MB', process.memoryUsage().heapUsed / 1e6);
const t0 = process.cpuUsage(); 
process.exit()
const t1 = process.cpuUsage(t0);
console.log('timers us/call', (t1.user + t1.system) / N, engine.sizes());
