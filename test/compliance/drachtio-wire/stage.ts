import { afterAll, beforeAll, test } from '@jest/globals';
import type { Transport } from '../../../lib/sip/address.ts';
import { writeAddress } from '../../../lib/sip/address.ts';
import { App, type Asked, type Said } from './app.ts';
import { Gateway, type HeardRequest } from './gateway.ts';
import { openSubject, type Subject } from './subject.ts';

/** What one test has: the subject, an application and a gateway of its own. */
export type Stage = {
  readonly subject: Subject;
  readonly app: App;
  readonly gateway: Gateway;
};

export type StageOptions = { readonly transport?: Transport; readonly times?: number };

type Holds = (title: string, act: (stage: Stage) => Promise<void>) => void;

const GATEWAY_PORT = 5080;
const TEST_MS = 60_000;

/** Opens one subject for the tests of a block, which have their own application and gateway. */
export function onStage(net: string, options: StageOptions = {}): Holds {
  const { transport = 'udp', times = 1 } = options;
  let subject: Subject | undefined;
  let port = GATEWAY_PORT;
  beforeAll(async () => {
    subject = await openSubject(net, times);
  });
  afterAll(async () => subject?.close());
  return (title, act) => {
    const at = { address: `${net}.31`, port };
    port += 1;
    test(
      title,
      async () => {
        if (subject === undefined) throw new Error('the subject has not started');
        const app = await App.open(subject);
        const gateway = await Gateway.open(at, transport, subject.sip);
        try {
          await act({ subject, app, gateway });
        } finally {
          app.close();
          await gateway.close();
        }
      },
      TEST_MS,
    );
  };
}

export const SDP = 'v=0\r\no=- 1 1 IN IP4 203.0.113.7\r\ns=-\r\nt=0 0\r\n';
export const NEW_SDP = SDP.replace('1 1', '1 2');

let calls = 0;

/** An INVITE of the application has come to the gateway. */
export type Call = { readonly call: Asked; readonly invite: HeardRequest };

/** As an application says it that chooses everything it may. */
export function inviteOf({ gateway, subject }: Stage, parts: Partial<Said> = {}): Said {
  calls += 1;
  const own = `${process.pid}-${calls}`;
  return {
    method: 'INVITE',
    uri: gateway.uri.replace('gw@', '112@'),
    body: SDP,
    ...parts,
    headers: {
      'Call-ID': `call-${own}`,
      From: `<sip:+4670@op.example>;tag=ours-${own}`,
      To: '<sip:112@192.0.2.112>',
      CSeq: '1 INVITE',
      Contact: `<sip:token@${writeAddress(subject.sip)}${behindContact(gateway)}>`,
      ...parts.headers,
    },
  };
}

const behindContact = ({ transport }: Gateway) =>
  transport === 'udp' ? '' : `;transport=${transport}`;

export async function calling(stage: Stage, parts: Partial<Said> = {}): Promise<Call> {
  const call = await stage.app.ask(inviteOf(stage, parts));
  return { call, invite: await stage.gateway.asked('INVITE') };
}

export type Talk = Call & { readonly dialog: string };

/** The gateway has answered 200 and has its ACK. */
export async function talking(stage: Stage, headers: readonly string[] = []): Promise<Talk> {
  const { call, invite } = await calling(stage);
  stage.gateway.answers(invite, 200, { headers });
  const told = await call.isTold(200);
  await told.acknowledge();
  await stage.gateway.asked('ACK');
  return { call, invite, dialog: told.stackDialogId ?? '' };
}

/** A request of the application in a dialog. */
export function inside(dialog: string, method: string, parts: Partial<Said> = {}): Said {
  return { method, uri: 'sip:placeholder', stackDialogId: dialog, ...parts };
}

/** The application has said BYE, and the gateway 200. */
export async function hungUp({ app, gateway }: Stage, dialog: string): Promise<HeardRequest> {
  const bye = await app.ask(inside(dialog, 'BYE'));
  const heard = await gateway.asked('BYE');
  gateway.answers(heard, 200);
  await bye.isTold(200);
  return heard;
}

/** All that was said before has come: the server has passed a question on, and its answer back. */
export async function settled({ app, gateway }: Stage): Promise<void> {
  const count = gateway.count('OPTIONS') + 1;
  const asked = await app.ask({ method: 'OPTIONS', uri: gateway.uri });
  gateway.answers(await gateway.asked('OPTIONS', count), 200);
  await asked.isTold(200);
}
