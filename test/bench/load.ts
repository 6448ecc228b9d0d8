import { createSocket, type Socket } from 'node:dgram';
import { parseArgs } from 'node:util';

/**
 * A caller and a gateway in one process, so that both ends read one clock. It shares no code with
 * the node: templates and indexOf, nothing is sent twice, and what is lost counts as failed.
 */
const { values } = parseArgs({
  options: {
    target: { type: 'string', default: '127.9.0.112:5060' },
    caller: { type: 'string', default: '127.9.0.7:5060' },
    gateway: { type: 'string', default: '127.9.0.31:5080' },
    rate: { type: 'string', default: '200' },
    calls: { type: 'string', default: '2000' },
    /** How long a call lasts after its ACK. */
    holdMs: { type: 'string', default: '50' },
    pin: { type: 'boolean', default: false },
    user: { type: 'string', default: '112' },
  },
});
const RATE = Number(values.rate);
const CALLS = Number(values.calls);
const HOLD_MS = Number(values.holdMs);
const PATIENCE_MS = 5000 + HOLD_MS;
const TICK_MS = 5;
/** Two runs against one subject must not look like repetitions. */
const RUN = process.pid;
const BUFFER_BYTES = 8 * 1024 * 1024;

type Call = {
  sentAt: number;
  /** Absent: its INVITE never came to the gateway. */
  delayMs: number | undefined;
  isDone: boolean;
  isRefused: boolean;
  toTag: string;
};
type At = { address: string; port: number };

const calls: Call[] = [];
const target = at(values.target);
const dialled = `sip:${values.user}@${values.target}`;
const caller = open(values.caller, heardByCaller);
const gateway = open(values.gateway, heardByGateway);
const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 127.9.0.7',
  's=-',
  'c=IN IP4 127.9.0.7',
  't=0 0',
  'm=audio 4000 RTP/AVP 8 0 101',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendrecv',
  '',
].join('\r\n');

function at(text: string): At {
  const [address = '', port] = text.split(':');
  return { address, port: Number(port) };
}

function open(local: string, hear: (text: string, from: At) => void): Socket {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_BYTES,
    lookup: (host, _options, done) => done(null, host, 4),
  });
  socket.on('message', (bytes, from) => hear(bytes.toString('latin1'), from));
  socket.bind(at(local).port, at(local).address);
  return socket;
}

function header(text: string, name: string): string {
  const start = text.indexOf(`\r\n${name}: `);
  if (start < 0) return '';
  const from = start + name.length + 4;
  return text.slice(from, text.indexOf('\r\n', from));
}

/** The ACK of a refusal belongs to its INVITE. */
function branchOf(method: string, index: number, cseq: number): string {
  const isOfInvite = method === 'ACK' && calls[index]?.toTag === '';
  return `z9hG4bK-${RUN}-${index}-${cseq}-${isOfInvite ? 'INVITE' : method}`;
}

function request(method: string, uri: string, index: number, cseq: number, toTag: string): string {
  const body = method === 'INVITE' ? sdp : '';
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${values.caller};branch=${branchOf(method, index, cseq)};rport`,
    'Max-Forwards: 70',
    `From: <sip:+46701234567@bench.example>;tag=t${RUN}-${index}`,
    `To: <sip:${values.user}@bench.example>${toTag}`,
    `Call-ID: ${index}-${RUN}@127.9.0.7`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <sip:bench@${values.caller}>`,
    `Subject: ${index}`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function dial(): void {
  const index = calls.length;
  const sentAt = performance.now();
  calls.push({ sentAt, delayMs: undefined, isDone: false, isRefused: false, toTag: '' });
  const text = request('INVITE', dialled, index, 1, '');
  caller.send(text, target.port, target.address);
}

function heardByCaller(text: string): void {
  const index = Number(header(text, 'Call-ID').split('-')[0]);
  const call = calls[index];
  if (call === undefined || call.isDone) return;
  if (text.startsWith('SIP/2.0 1')) return;
  if (header(text, 'CSeq').endsWith('BYE')) {
    call.isDone = text.startsWith('SIP/2.0 200');
    return;
  }
  const to = header(text, 'To');
  const toTag = to.slice(to.indexOf(';tag='));
  if (text.startsWith('SIP/2.0 500')) {
    caller.send(request('ACK', dialled, index, 1, toTag), target.port, target.address);
    call.isDone = true;
    call.isRefused = true;
    return;
  }
  if (!text.startsWith('SIP/2.0 200') || call.toTag !== '') return;
  call.toTag = toTag;
  const contact = header(text, 'Contact').replace(/[<>]/g, '');
  const uri = values.pin ? dialled : contact;
  const next = values.pin ? target : at(contact.slice(contact.indexOf('@') + 1));
  caller.send(request('ACK', uri, index, 1, call.toTag), next.port, next.address);
  const bye = request('BYE', uri, index, 2, call.toTag);
  setTimeout(() => caller.send(bye, next.port, next.address), HOLD_MS);
}

function heardByGateway(text: string, from: At): void {
  if (text.startsWith('ACK')) return;
  const via = header(text, 'Via');
  const echo = [
    `Via: ${via}`,
    `From: ${header(text, 'From')}`,
    `To: ${header(text, 'To')}${text.startsWith('INVITE') ? ';tag=gateway' : ''}`,
    `Call-ID: ${header(text, 'Call-ID')}`,
    `CSeq: ${header(text, 'CSeq')}`,
    `Contact: <sip:gateway@${values.gateway}>`,
  ];
  const say = (status: string, body: string) => {
    const type = body === '' ? [] : ['Content-Type: application/sdp'];
    const length = `Content-Length: ${body.length}`;
    const bytes = [`SIP/2.0 ${status}`, ...echo, ...type, length, '', body].join('\r\n');
    gateway.send(bytes, from.port, from.address);
  };
  if (text.startsWith('BYE')) {
    say('200 OK', '');
    return;
  }
  const call = calls[Number(header(text, 'Subject'))];
  if (call !== undefined) call.delayMs = performance.now() - call.sentAt;
  say('180 Ringing', '');
  say('200 OK', sdp);
}

function report(): void {
  const delays = calls
    .flatMap(({ delayMs }) => delayMs ?? [])
    .toSorted((one, other) => one - other);
  const share = (part: number) => delays[Math.floor((delays.length - 1) * part)] ?? 0;
  const failed = calls.filter(({ isDone }) => !isDone).length;
  const refused = calls.filter(({ isRefused }) => isRefused).length;
  const result = {
    calls: calls.length,
    failed,
    refused,
    p50: share(0.5),
    p90: share(0.9),
    p99: share(0.99),
  };
  console.log(JSON.stringify(result));
  caller.close();
  gateway.close();
}

const startedAt = performance.now();
const ticker = setInterval(() => {
  const due = Math.min(CALLS, Math.floor(((performance.now() - startedAt) / 1000) * RATE));
  while (calls.length < due) dial();
  if (calls.length < CALLS) return;
  clearInterval(ticker);
  const giveUpAt = performance.now() + PATIENCE_MS;
  const waiter = setInterval(() => {
    if (performance.now() < giveUpAt && calls.some(({ isDone }) => !isDone)) return;
    clearInterval(waiter);
    report();
  }, 50);
}, TICK_MS);
